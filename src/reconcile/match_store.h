#ifndef BANKOPS_RECONCILE_MATCH_STORE_H
#define BANKOPS_RECONCILE_MATCH_STORE_H

#include "base/alloc.h"
#include "base/buffer.h"
#include "reconcile/match.h"
#include "reconcile/match_text.h"

/* Inside of the matching engine: the lines, and lines grouped by a key. */

struct match_account {
    char *name;
    char currency[4];
};

/* As ARRAY_RESERVE(), for arrays that grow large. */
#define MATCH_RESERVE(array, count, capacity)                                                      \
    do {                                                                                           \
        if ((count) >= (capacity)) {                                                               \
            (capacity) = (capacity) ? (capacity) * 2 : 64;                                         \
            while ((count) >= (capacity))                                                          \
                (capacity) *= 2;                                                                   \
            (array) = xrealloc_large((array), (size_t)(capacity) * sizeof *(array));               \
        }                                                                                          \
    } while (0)

/* A line under the key by which a rule compares. */
struct match_key {
    uint64_t key;
    uint32_t line;
};

struct match_keys {
    struct match_key *list;
    size_t count, capacity;
};

/* A piece of a reference is sure of its owner while chance gives it no more others than this among the
 * open lines of the amount, or while they are so few that it gives all of them no more than
 * that; and while no line of the amount has it (match_cut.c). */
#define MATCH_PIECE_CHANCE 0.001
#define MATCH_PIECE_PAIRS 0.05

/* Among more values of references than this, a typing error does not hit another one's, unless the
 * neighbour test found some that lie close together. */
#define MATCH_SPACE_MOST 1e9

/* Why a confirmed match became a suggestion. */
enum match_doubt {
    MATCH_SURE,
    MATCH_DOUBT_FEE,      /* another line is this one less a fee */
    MATCH_DOUBT_PARTS,    /* parts of this line are there */
    MATCH_DOUBT_NEAR,     /* an open line of the amount has nearly this reference */
    MATCH_DOUBT_REFERENCE, /* the reference is used for much else */
    MATCH_DOUBT_TWIN,      /* an equal line has a partner of another kind */
    MATCH_DOUBT_DAYS,      /* a line of the reference and amount lies nearer in days */
    MATCH_DOUBT_LATE,      /* few pairs are so many days apart, and references come again */
    MATCH_DOUBT_PIECE,     /* another reference begins or ends with the piece */
    MATCH_DOUBT_AGAIN,     /* references of the account come again with the same amount */
    MATCH_DOUBT_WRITING,   /* an open line has the reference in another writing */
    MATCH_DOUBT_CROWDED,   /* references lie so close that a cut one may be another's */
    MATCH_DOUBT_CHANCE,    /* by the faults of the lane chance makes such pairs */
    MATCH_DOUBT_COVER,     /* the other side hardly has lines of those days */
    MATCH_DOUBT_SIBLING    /* references are used again so often that chance makes such pairs */
};

/* What the lines of a match do not tell by themselves. By the first line of the match. */
struct match_note {
    uint32_t line;
    uint32_t other;   /* runner-up, or the line that raises the doubt; UINT32_MAX without one */
    uint8_t distance; /* edits of the pair */
    uint8_t second;   /* edits of the runner-up, 3 when it has more than two */
    uint8_t doubt;    /* enum match_doubt */
    uint32_t pool;    /* lines that a subset was drawn from */
};

/* Ids, references and narratives of one side, one after the other. */
struct match_text {
    char *bytes;
    size_t length, capacity;
};

struct match_store {
    const struct match_rules *rules;
    struct match_line *lines;
    size_t count, capacity, counts[2];
    struct match_text texts[2]; /* of each side */
    bool has_ids[2];       /* a table of the side names its lines itself */
    struct buffer remarks[2]; /* about headers, a line for each file: for a person */
    uint32_t repeated[2];  /* place, plus one, of a line whose id the one before it has; 0: none */
    struct match_account *accounts;
    size_t account_count, account_capacity;
    uint32_t *account_table; /* open addressing: number plus one */
    size_t account_slots;
    struct match_keys references; /* all lines with a reference, by match_reference_key() */
    struct match_keys residue;    /* those of references with an open line, after the first rule */
    bool has_residue;
    uint32_t *rest; /* lines that references have not paired surely, after the first rule */
    size_t rest_count;
    size_t again; /* lines whose reference and amount their side has on another day as well */
    struct match_lane *lanes;     /* after match_lanes_new() */
    struct match_near_test *near_test; /* under way, or NULL */
    struct match_nearness *nearness;   /* by account, after it; NULL where nobody asked */
    struct match_note *notes;     /* after the run: by line */
    size_t note_count, note_capacity;
};

/* A hash of two numbers, and of bytes. */
uint64_t match_mix(uint64_t a, uint64_t b);
uint64_t match_hash(const char *text, size_t length);

/* Adds a key and its line behind the others. */
void match_keys_add(struct match_keys *keys, uint64_t key, uint32_t line);
/* By key; equal keys keep the order of their lines. */
void match_keys_sort(struct match_keys *keys);
/* Keys from `from` that are equal. */
size_t match_keys_run(const struct match_keys *keys, size_t from);
/* Place of the first key that is not below this one; the keys are hashes. */
size_t match_keys_find(const struct match_keys *keys, uint64_t key);
void match_keys_free(struct match_keys *keys);

/* Says of most hashes that they are not among the keys: a bit of memory instead of a search. */
struct match_filter {
    uint8_t *bits; /* the caller frees it */
    int shift;
};
/* The filter of these keys. */
struct match_filter match_filter_new(const struct match_keys *keys);

static inline const uint8_t *match_filter_byte(const struct match_filter *filter, uint64_t key)
{
    return &filter->bits[key >> filter->shift >> 3];
}

static inline bool match_filter_may_have(const struct match_filter *filter, uint64_t key)
{
    return *match_filter_byte(filter, key) >> (key >> filter->shift & 7) & 1;
}

/* Moves the lines of another store, which has them all on a side that this one has none of, and
 * frees it. */
void match_store_absorb(struct match_store *store, struct match_store *other);

/* Brings the lines into the store's own order, whatever the order they came in. */
void match_store_sort(struct match_store *store);

struct slice match_reference(const struct match_store *store, const struct match_line *line);
struct slice match_narrative(const struct match_store *store, const struct match_line *line);
struct match_form match_line_form(const struct match_store *store, uint32_t line);
bool match_is_open(const struct match_store *store, uint32_t line);
/* Whether the reference ends in a part number. */
bool match_has_part(const struct match_store *store, const struct match_line *line);
/* Whether the statement's line is within the rule's days of the book's; either order of the two. */
bool match_in_days(const struct match_line *one, const struct match_line *other,
                   const struct match_rule *rule);
/* Makes one match of open lines; confirmed only when the rule does that and `sure`. */
void match_join(struct match_store *store, const uint32_t *lines, size_t count,
                const struct match_rule *rule, bool sure);
/* Makes a suggestion of a confirmed match. */
void match_demote(struct match_store *store, uint32_t line, enum match_doubt doubt,
                  uint32_t other);
/* Number of the first line of a match. */
uint32_t match_first(const struct match_store *store, uint32_t line);
void match_note_add(struct match_store *store, struct match_note note);
const struct match_note *match_note_find(const struct match_store *store, uint32_t line);

/* The lines that may be open: all until a rule of references has run, then few. */
static inline size_t match_rest_count(const struct match_store *store)
{
    return store->rest ? store->rest_count : store->count;
}

static inline uint32_t match_rest(const struct match_store *store, size_t index)
{
    return store->rest ? store->rest[index] : (uint32_t)index;
}

/* Where the texts of a line begin. */
static inline const char *match_text_of(const struct match_store *store,
                                        const struct match_line *line)
{
    return store->texts[line->side].bytes + line->text;
}

/* Fetches the lines and texts of keys soon to come: they lie anywhere in memory. */
static inline void match_prefetch(const struct match_store *store, const struct match_keys *keys,
                                  size_t at)
{
    if (at + 32 >= keys->count)
        return;
    __builtin_prefetch(&store->lines[keys->list[at + 31].line]);
    __builtin_prefetch(&store->lines[keys->list[at + 32].line]);
    __builtin_prefetch(match_text_of(store, &store->lines[keys->list[at + 15].line]));
    __builtin_prefetch(match_text_of(store, &store->lines[keys->list[at + 16].line]));
}

/* Calls `work` for two parts that have nothing to do with each other, beside each other where there is
 * a thread for it. */
void match_both(void (*work)(void *part), void *one, void *other);
/* Begins work that has nothing to do with what the caller does until it calls match_end(). */
struct match_task;
struct match_task *match_begin(void (*work)(void *part), void *part);
/* Waits until the work is done and frees the task. */
void match_end(struct match_task *task);

/* A name without case, blanks and marks as a number; 0 when nothing is left. */
uint32_t match_payer_name(struct slice name);
/* By name, for match_payer_of(). */
void match_payers_sort(struct match_payers *payers);
/* The payer by that name: what the rule set says it means, or the name itself. */
uint32_t match_payer_of(const struct match_payers *payers, struct slice counterparty);

/* One writing: the references are equal byte for byte, and there is one. */
bool match_same_writing(const struct match_store *store, uint32_t one, uint32_t other);
/* One form: equal but for what rules of "any" writing overlook. */
bool match_same_form(const struct match_store *store, uint32_t one, uint32_t other);
/* Whether the line's narrative names a reference, of whatever writing, that is another line's and not
 * that of `owner`. */
bool match_names_another(const struct match_store *store, uint32_t line, uint32_t owner);
/* A hash of account and reference, the same for both sides. */
uint64_t match_reference_key(const struct match_line *line);
/* The line of the same side, reference and amount in a confirmed match, UINT32_MAX without one: this
 * one may be a copy of it, and is sure of no other partner. */
uint32_t match_original(const struct match_store *store, uint32_t index);
/* Whether there is such a line. */
bool match_is_copy(const struct match_store *store, uint32_t index);
/* Whether the amounts are apart by a fee that the rule knows. */
bool match_is_fee(const struct match_line *book, const struct match_line *statement,
                  const struct match_fee *fee);

/* Open lines of both sides with one account and amount. */
struct match_block {
    uint32_t *lines[2];
    size_t counts[2];
};
/* Calls the function for each block that has lines of both sides; `take` says which lines belong.
 * Blocks of more than `most` lines are left out. */
void match_blocks(struct match_store *store, uint32_t most,
                  bool (*take)(const struct match_store *store, const struct match_line *line),
                  void (*use)(struct match_store *store, const struct match_block *block,
                              void *context),
                  void *context);

/* Confirmed pairs beside a line whose reference is nearly theirs, and how often a statement follows the
 * book by so many days. */
enum { MATCH_OFFSETS = 64 };

struct match_rivals {
    struct {
        uint32_t taken, line; /* of the pair, on the side of the line; the line */
    } *list;
    size_t count, capacity;
    size_t *offsets, pairs; /* from -MATCH_OFFSETS on */
};

static inline size_t *match_offset_count(const struct match_rivals *rivals,
                                         const struct match_line *one,
                                         const struct match_line *other)
{
    int days = one->side == MATCH_BOOK ? other->date - one->date : one->date - other->date;
    days = days < -MATCH_OFFSETS ? -MATCH_OFFSETS : days > MATCH_OFFSETS ? MATCH_OFFSETS : days;
    return &rivals->offsets[days + MATCH_OFFSETS];
}

struct match_days;
/* Makes suggestions of those of which too many would be wrong; `open` are the lines that
 * match_near_partner() looks among. */
void match_doubt_rivals(struct match_store *store, const struct match_days *days,
                        struct match_rivals *rivals, const struct match_keys *open);
/* A line of the other side without a sure partner that could be this one's but for `most` typing
 * errors or a cut, or that names it, other than `but`; UINT32_MAX without one. */
uint32_t match_near_partner(const struct match_store *store, const struct match_keys *open,
                            uint32_t line, int most, uint32_t but);
/* Lines without a sure partner by account, side, direction and size of the amount. */
struct match_open_lines;
struct match_open_lines *match_open_lines_new(const struct match_store *store);
void match_open_lines_free(struct match_open_lines *open);
/* One of them on the other side that is this line but for a fee and a typing error; UINT32_MAX without
 * one. */
uint32_t match_near_fee(const struct match_store *store, const struct match_open_lines *open,
                        uint32_t index);

/* How far apart the references of an account lie: match_lane.c. */
struct match_lane;
/* Counts the references of a store, which is not kept; the caller frees it. */
struct match_lane *match_lanes_new(const struct match_store *store);
void match_lanes_free(struct match_lane *lanes);
/* Values that references of this length take, by the variety of each character. */
double match_lane_space(const struct match_lane *lanes, uint32_t account, size_t length);
/* Share of the references of the account that have this length. */
double match_lane_share(const struct match_lane *lanes, uint32_t account, size_t length);
/* Share of the references of one side of the account that have this length; 1 where none was seen. Of a
 * small account that of all accounts, where it is more. */
double match_lane_side_share(const struct match_lane *lanes, uint32_t account, int side,
                             size_t length);
/* Probability that two references of this length that have nothing to do with each other are
 * within 1 or 2 edits. */
double match_lane_chance(const struct match_lane *lanes, uint32_t account, size_t length,
                         int edits);
/* Where references of this length, of whatever account, are cut so that both halves take as many
 * values. */
size_t match_lane_middle(const struct match_lane *lanes, size_t length);
/* Probability that the one is the other with two characters swapped. */
double match_lane_swapped(const struct match_lane *lanes, uint32_t account, size_t length);
/* Probability that they agree in `count` characters from `from`. */
double match_lane_piece(const struct match_lane *lanes, uint32_t account, size_t length,
                        size_t from, size_t count);
/* Probability that a typing error in a reference of this length makes that of one certain other
 * line. */
double match_lane_typed(const struct match_lane *lanes, uint32_t account, size_t length);

/* The neighbour test, match_neighbour.c: how many book references of each account have another one
 * beside them, in the days of the rule: one edit away and of the same amount, as many edits as are
 * allowed and of the same amount, one character away and of any amount. Their share, and the share
 * that chance would make. Measured on a sample. The caller frees the array. */
enum { MATCH_NEAR_ONE, MATCH_NEAR_TWO, MATCH_NEAR_CLOSE, MATCH_NEARNESS };

struct match_nearness {
    double share[MATCH_NEARNESS], chance[MATCH_NEARNESS];
    size_t found[MATCH_NEARNESS], tested[MATCH_NEARNESS]; /* neighbours in the sample, references */
    bool own; /* else the account is too small to tell, and these are those of all accounts */
    bool crowded; /* so close that a near reference, or a piece of one, may be another's */
};
struct match_nearness *match_lane_test(const struct match_store *store,
                                       const struct match_lane *lanes,
                                       const struct match_rule *rule);
/* Begins the neighbour test of the first rule about near references beside the rules before it: it
 * reads nothing that they write. Does nothing without such a rule or where there are few lines. */
void match_near_begin(struct match_store *store);
/* The test's result for the rule, which the caller frees. With NULL that of the test that was begun, or
 * NULL. */
struct match_nearness *match_near_end(struct match_store *store, const struct match_rule *rule);
/* The test's result for the rule, by account, and whether each is crowded. The store keeps it. */
const struct match_nearness *match_near_nearness(struct match_store *store,
                                                 const struct match_rule *rule);
/* Whether the references of the account lie so close; runs the test when nobody has asked yet. */
bool match_near_crowded(struct match_store *store, uint32_t account);
/* Edits allowed for a reference of this length; none for short ones. */
int match_edits_allowed(size_t length);

/* The kinds of rules. */
void match_index_references(struct match_store *store);
/* Keeps the lines of references that stand for several lines and have an open one. */
void match_index_residue(struct match_store *store);
void match_rule_reference(struct match_store *store, const struct match_rule *rule);
void match_rule_reversal(struct match_store *store, const struct match_rule *rule);
void match_rule_total(struct match_store *store, const struct match_rule *rule);
void match_rule_split(struct match_store *store, const struct match_rule *rule);
void match_rule_narrative(struct match_store *store, const struct match_rule *rule);
void match_rule_truncated(struct match_store *store, const struct match_rule *rule);
void match_rule_near(struct match_store *store, const struct match_rule *rule);
void match_rule_payer(struct match_store *store, const struct match_rule *rule);
void match_rule_amount(struct match_store *store, const struct match_rule *rule);
void match_rule_subset(struct match_store *store, const struct match_rule *rule);

/* Wrong matches that are expected of some of those that a run confirms: of so many found there, or
 * 0. `doubtful` is set to whether they are left to a person; equal ones go by `order`. */
struct match_share {
    double expected, found;
    uint64_t order;
    bool *doubtful;
};
/* The surest of the shares are confirmed until the risk is spent. Returns whether any is doubtful. */
bool match_spend(struct match_share *shares, size_t count, double risk);

/* Safeguards after the rules: confirmed matches that the lines left open make doubtful. */
void match_doubt_fees(struct match_store *store);
void match_doubt_near_fees(struct match_store *store);
void match_doubt_parts(struct match_store *store);
void match_doubt_near(struct match_store *store, const struct match_days *days);
/* Of pairs beside one of these open lines, whose references are too many for a typing error to hit
 * another's. */
void match_doubt_beside(struct match_store *store, const uint32_t *open, size_t count);
void match_doubt_copies(struct match_store *store);
void match_doubt_references(struct match_store *store);
void match_doubt_twins(struct match_store *store);
void match_doubt_cut(struct match_store *store);
void match_doubt_days(struct match_store *store);
void match_doubt_writings(struct match_store *store);
void match_doubt_totals(struct match_store *store);
void match_doubt_counters(struct match_store *store);
void match_doubt_chance(struct match_store *store);
void match_doubt_cover(struct match_store *store, const struct match_days *days);
void match_doubt_siblings(struct match_store *store, const struct match_days *days);

#endif
