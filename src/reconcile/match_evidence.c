#include "reconcile/match_store.h"

#include "base/money.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What a match looks like to somebody who wants to know why it was made. */
struct facts {
    const struct match_store *store;
    const struct match_rule *rule;
    const struct match_note *note; /* may be NULL */
    uint32_t first[2];             /* first line of each side; of a reversal its two lines */
    size_t counts[2];
    int64_t difference;
};

static void add_text(struct buffer *out, struct slice text)
{
    size_t used = 0;
    for (size_t i = 0; i < text.length && i < 200; i += used) {
        uint32_t character;
        used = text_decode(text.text + i, text.length - i, &character);
        if (character == '"' || character == '\\')
            buffer_format(out, "\\%c", (int)character);
        else if (character < 0x20 || character == 0x7F)
            buffer_format(out, "\\u%04x", (unsigned)character ? (unsigned)character : 0x2400u);
        else
            text_encode(out, character);
    }
    if (text.length > 200)
        buffer_add(out, "…");
}

static void add_member(struct buffer *out, const char *name, struct slice text)
{
    buffer_format(out, ",\"%s\":\"", name);
    add_text(out, text);
    buffer_add_char(out, '"');
}

static struct facts collect(const struct match_store *store, uint32_t index)
{
    struct facts facts = {.store = store,
                          .rule = match_line_rule(store, &store->lines[index]),
                          .difference = match_difference(store, index)};
    uint32_t start = match_first(store, index), at = start;
    facts.note = match_note_find(store, start);
    do {
        int side = store->lines[at].side;
        if (!facts.counts[side]++)
            facts.first[side] = at;
        at = store->lines[at].next;
    } while (at != start);
    for (int side = 0; side < 2; side++)
        if (!facts.counts[side])
            facts.first[side] = store->lines[start].next;
    return facts;
}

static struct slice reference(const struct facts *facts, int side)
{
    return match_reference(facts->store, &facts->store->lines[facts->first[side]]);
}

static void say_writing(const struct facts *facts, struct buffer *out)
{
    struct match_form form = match_line_form(facts->store, facts->first[0]);
    bool absent[2];
    if (match_same_writing(facts->store, facts->first[0], facts->first[1])) {
        buffer_add(out, "Reference ");
        add_text(out, reference(facts, 0));
        buffer_add(out, " is the same");
        return;
    }
    for (int side = 0; side < 2; side++)
        absent[side] = match_no_reference(reference(facts, side), &facts->store->rules->absent);
    buffer_add(out, "References ");
    for (int side = 0; side < 2; side++) {
        buffer_add(out, side ? " and " : "");
        buffer_add(out, absent[side] ? "(in the narrative)" : "");
        if (!absent[side])
            add_text(out, reference(facts, side));
    }
    buffer_add(out, " are one as ");
    add_text(out, match_form_core(&form));
}

static void say_fee(const struct facts *facts, struct buffer *out)
{
    const struct match_line *book = &facts->store->lines[facts->first[0]];
    double whole = book->amount < 0 ? -(double)book->amount : (double)book->amount;
    double taken = book->amount < 0 ? -(double)facts->difference : (double)facts->difference;
    const char *currency = facts->store->accounts[book->account].currency;
    char text[40];
    say_writing(facts, out);
    buffer_format(out, "; the statement is %s %s less, %.3f %% of the amount",
                  money_format((int64_t)taken, currency, text, sizeof text), currency,
                  whole > 0 ? taken * 100 / whole : 0);
}

static void say_near(const struct facts *facts, struct buffer *out)
{
    int distance = facts->note ? facts->note->distance : 0;
    buffer_add(out, "References ");
    add_text(out, reference(facts, 0));
    buffer_add(out, " and ");
    add_text(out, reference(facts, 1));
    buffer_format(out, " are %d typing error%s apart and the amount is the same; ", distance,
                  distance == 1 ? "" : "s");
    if (!facts->note || facts->note->other == UINT32_MAX)
        buffer_add(out, "no other open line of the amount is within two");
    else
        buffer_format(out, "the next best is %d apart", facts->note->second);
}

static void say_parts(const struct facts *facts, struct buffer *out)
{
    int one = facts->counts[0] == 1 ? 0 : 1;
    bool subset = facts->rule->kind == MATCH_SUBSET;
    buffer_format(out, "%zu %s lines", facts->counts[!one], one ? "book" : "statement");
    buffer_add(out, subset ? " of one day" : " with the reference");
    if (!subset) {
        buffer_add_char(out, ' ');
        add_text(out, reference(facts, one));
    }
    buffer_format(out, " add up to %zu %s line%s", facts->counts[one], one ? "statement" : "book",
                  facts->counts[one] == 1 ? "" : "s");
    if (subset && facts->note)
        buffer_format(out, "; no other set of as many among %u lines does", facts->note->pool);
}

static void say_doubt(const struct facts *facts, struct buffer *out)
{
    static const char *const doubts[] = {
        "", ". Not confirmed: another open line is this amount less the known fee",
        ". Not confirmed: parts and their total are there, which are another match of these lines",
        ". Not confirmed: an open line of the amount has nearly this reference",
        ". Not confirmed: the reference stands for many lines, some without a partner",
        ". Not confirmed: an equal line has a partner of another kind",
        ". Not confirmed: another line of the reference and amount lies nearer in days",
        ". Not confirmed: references come again in this lane and few pairs are so many days apart",
        ". Not confirmed: another reference of the amount begins or ends with the piece",
        ". Not confirmed: references of this account mostly come again with the same amount",
        ". Not confirmed: an open line of the amount has the reference in another writing",
        ". Not confirmed: references of this account lie so close that a piece may be another's",
        (". Not confirmed: so many lines of the amount are mistyped or without a partner that chance "
         "makes such pairs"),
        ". Not confirmed: the other side has hardly any lines of those days, and may have these too",
        (". Not confirmed: references of this account are used for other movements so often that "
         "chance makes such pairs")};
    if (facts->note)
        buffer_add(out, doubts[facts->note->doubt]);
}

static void say_why(const struct facts *facts, struct buffer *out)
{
    switch (facts->rule->kind) {
    case MATCH_REFERENCE:
        if (facts->difference) {
            say_fee(facts, out);
            break;
        }
        say_writing(facts, out);
        buffer_add(out, facts->rule->ambiguity == MATCH_LEAVE
                            ? ", the amount is the same, and no other line has both"
                        : facts->rule->ambiguity == MATCH_ORDER
                            ? ", as amount and dates are; equal lines pair in their order"
                            : ", as the amount is; several lines pair by their dates");
        break;
    case MATCH_REVERSAL:
        say_writing(facts, out);
        buffer_format(out, ", the amounts cancel out on the %s side and the other side has neither",
                      facts->counts[0] ? "book" : "statement");
        break;
    case MATCH_NARRATIVE:
        buffer_add(out, "The narrative of the one line holds the reference of the other, and the "
                        "amount is the same");
        break;
    case MATCH_TRUNCATED:
        buffer_add(out, "References ");
        add_text(out, reference(facts, 0));
        buffer_add(out, " and ");
        add_text(out, reference(facts, 1));
        buffer_add(out, ": the one is a piece of the other and the amount is the same");
        break;
    case MATCH_NEAR:
        say_near(facts, out);
        break;
    case MATCH_PAYER:
        buffer_add(out, "Amount and payer are the same, by the names as they are written or as the "
                        "rules say; no other line of these days has both");
        break;
    case MATCH_AMOUNT:
        buffer_add(out, "The amount is the same and one line has no reference; no other line of "
                        "these days has the amount");
        break;
    default:
        say_parts(facts, out);
    }
    say_doubt(facts, out);
}

static void add_numbers(const struct facts *facts, struct buffer *out)
{
    const struct match_line *book = &facts->store->lines[facts->first[0]];
    const struct match_line *statement = &facts->store->lines[facts->first[1]];
    buffer_format(out, ",\"book_lines\":%zu,\"statement_lines\":%zu,\"difference\":\"%" PRId64 "\"",
                  facts->counts[0], facts->counts[1], facts->difference);
    buffer_format(out, ",\"days\":%lld", (long long)statement->date - book->date);
    if (!facts->note)
        return;
    if (facts->rule->kind == MATCH_NEAR)
        buffer_format(out, ",\"distance\":%d,\"margin\":%d", facts->note->distance,
                      facts->note->second - facts->note->distance);
    if (facts->note->other != UINT32_MAX)
        add_member(out, "runner_up",
                   match_line_id(facts->store, &facts->store->lines[facts->note->other]));
    if (facts->note->doubt)
        buffer_add(out, ",\"demoted\":true");
}

void match_evidence(const struct match_store *store, size_t index, struct buffer *out)
{
    struct facts facts = collect(store, (uint32_t)index);
    struct match_form form = match_line_form(store, facts.first[0]);
    const struct match_rules *rules = store->rules;
    buffer_add(out, "{\"why\":\"");
    say_why(&facts, out);
    buffer_format(out, "\",\"rule\":\"%s\",\"rules\":\"%s\",\"version\":%d,\"sha256\":\"%s\"",
                  facts.rule->name, rules->name, rules->version, rules->digest);
    add_member(out, "book_reference", reference(&facts, 0));
    add_member(out, "statement_reference", reference(&facts, 1));
    add_member(out, "form", match_form_core(&form));
    add_numbers(&facts, out);
    buffer_add_char(out, '}');
}
