/* Working complaints in the real program: the user's editor, the checklist, files, many cases at
 * once, two people at one case. Prints TAP. */
#include "tests/lib/person.h"
#include "tests/lib/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[500];

static void write_file(const char *name, const char *text, unsigned mode)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0 || chmod(path, mode) != 0)
        printf("# cannot write %s\n", path);
}

static struct pty *open_reply(long id)
{
    struct pty *pty = person_start_at("clerk01", "cmp mine", id);
    pty_type(pty, "r");
    pty_wait_text(pty, "*Answer", WAIT);
    return pty;
}

/* A small editor that does what the file `mode` says. */
static const char editor_script[] =
    "#!/bin/sh\n"
    "cd \"$(dirname \"$0\")\"\n"
    "stat -c '%a' \"$1\" >rights\n"
    "case $(cat mode) in\n"
    "add) printf 'second\\r\\n\\tthird\\033[31m\\n\\n' >>\"$1\" ;;\n"
    "kill) printf 'saved before the end\\n' >>\"$1\"; kill -9 $$ ;;\n"
    "long) head -c 6000 /dev/zero | tr '\\0' x >\"$1\" ;;\n"
    "short) printf 'short again\\n' >\"$1\"; : >\"$1~\" ;;\n"
    "none) exit 127 ;;\n"
    "esac\n";

static long edited;

static void editor(void)
{
    char command[1200];
    long id = edited = person_case("'B02'", "'C07'", "Editor");
    person_takes(id);
    write_file("editor", editor_script, 0700);
    write_file("mode", "add", 0600);
    struct pty *pty = open_reply(id);
    pty_type(pty, "first");
    pty_keys(pty, "F9", NULL);
    stage_ok(pty_wait_text(pty, "The text of the editor is here.", WAIT) &&
                 pty_wait_text(pty, "first", WAIT) && pty_wait_text(pty, "second", WAIT) &&
                 pty_wait_text(pty, "third[31m", WAIT),
             "F9 writes the answer in the user's editor; what comes back is plain text");
    snprintf(command, sizeof command, "cat '%s/rights'", folder);
    stage_ok(!strcmp(stage_line(command), "600"), "the file was readable for nobody else");
    write_file("mode", "kill", 0600);
    pty_keys(pty, "F9", NULL);
    stage_ok(pty_wait_text(pty, "The editor ended with an error.", WAIT) &&
                 pty_wait_text(pty, "saved before the end", WAIT) &&
                 pty_wait_text(pty, "second", WAIT),
             "an editor that is killed loses nothing that it saved");
    write_file("mode", "none", 0600);
    pty_keys(pty, "F9", NULL);
    stage_ok(pty_wait_text(pty, "the program was not found", WAIT), "one that is missing is named");
    pty_keys(pty, "Enter", NULL);
    stage_ok(pty_wait_gone(pty, "the program was not found", WAIT) &&
                 pty_wait_text(pty, "second", WAIT),
             "and the text stays");
    write_file("mode", "long", 0600);
    pty_keys(pty, "F9", NULL);
    stage_ok(pty_wait_text(pty, "6000 characters, 5000 fit", WAIT) &&
                 pty_wait_text(pty, "second", WAIT),
             "a text that does not fit changes nothing");
    write_file("mode", "short", 0600);
    pty_keys(pty, "F9", NULL);
    stage_ok(pty_wait_text(pty, "short again", WAIT), "and can be shortened");
    snprintf(command, sizeof command, "find '%s/run' -mindepth 1 | wc -l", folder);
    stage_ok(!strcmp(stage_line(command), "0"), "nothing is left of the editor's files");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "The answer is on its way.", WAIT), "the answer is sent");
    pty_free(pty);
}

/* People are named in the language of the screen, also when that changes. */
static void renamed(void)
{
    char en[64], zh[64];
    long id = person_case("'B02'", "'C07'", "Renamed");
    person_takes(id);
    snprintf(en, sizeof en, "%s",
             stage_sql("SELECT name_en FROM bank.staff WHERE login = 'clerk01'"));
    snprintf(zh, sizeof zh, "%s",
             stage_sql("SELECT name_zh FROM bank.staff WHERE login = 'clerk01'"));
    struct pty *pty = person_start_at("super01", "cmp open", id);
    stage_ok(pty_wait_text(pty, en, WAIT), "a list names the owner in English");
    pty_keys(pty, "Enter", NULL);
    pty_wait_text(pty, "Complaint · ", WAIT);
    stage_ok(pty_wait_text(pty, en, WAIT), "and so does the case");
    pty_type(pty, ":language zh\r");
    stage_ok(pty_wait_text(pty, zh, WAIT) && pty_wait_gone(pty, en, WAIT),
             "in Chinese once the screen is");
    pty_keys(pty, "F12", NULL);
    pty_wait_text(pty, " 范围: ", WAIT);
    stage_ok(pty_wait_text(pty, zh, WAIT) && pty_wait_gone(pty, en, WAIT), "on the list, too");
    pty_type(pty, ":language en\r");
    stage_ok(pty_wait_text(pty, en, WAIT), "and back");
    pty_free(pty);
}

static void papers(void)
{
    char command[2400];
    write_file("paper.txt", "statement of May\n", 0600);
    struct pty *pty = person_start_at("clerk01", "cmp mine", edited);
    pty_keys(pty, "Enter", NULL);
    pty_wait_text(pty, "Complaint · T", WAIT);
    pty_type(pty, "4");
    pty_wait_text(pty, "Checklist of its class", WAIT);
    pty_type(pty, "i");
    stage_ok(pty_wait_text(pty, "The item is ticked.", WAIT), "an item is ticked");
    pty_type(pty, "f");
    pty_wait_text(pty, "*File", WAIT);
    pty_type(pty, "missing.txt\r");
    stage_ok(pty_wait_text(pty, "cannot be opened", WAIT),
             "a file that is not there is said at its field");
    pty_keys(pty, "Ctrl-U", NULL);
    pty_type(pty, "paper.txt\r");
    stage_ok(pty_wait_text(pty, "The file is attached.", WAIT) &&
                 pty_wait_text(pty, "paper.txt", WAIT),
             "a file is attached");
    pty_keys(pty, "Tab", NULL);
    pty_wait_text(pty, "▸ Files", WAIT);
    pty_type(pty, "s");
    stage_ok(pty_wait_text(pty, "Saved: ", WAIT), "and saved");
    snprintf(command, sizeof command, "cmp '%s/paper.txt' '%s/paper-2.txt' && echo same", folder,
             folder);
    stage_ok(!strcmp(stage_line(command), "same"), "beside the one that is there, byte for byte");
    pty_type(pty, "e");
    pty_wait_text(pty, "Why", WAIT);
    pty_type(pty, "wrong case");
    pty_keys(pty, "F10", NULL);
    pty_wait_text(pty, "Please confirm", WAIT);
    pty_type(pty, "y");
    stage_ok(pty_wait_text(pty, "The file is removed.", WAIT) &&
                 pty_wait_text(pty, "Removed", WAIT),
             "a wrong one is removed and stays by name");
    pty_free(pty);
}

/* Reads again until the text is gone. */
static bool reads_gone(struct pty *pty, const char *text)
{
    bool gone = false;
    for (int i = 0; i < 20 && !gone; i++) {
        pty_keys(pty, "F5", NULL);
        gone = pty_wait_gone(pty, text, 500);
    }
    return gone;
}

/* Mediated needs a mediation: the screen that keeps one is offered, and what was entered stays. */
static void mediated(void)
{
    char text[512];
    long id = person_case("'B02'", "'C07'", "Mediated");
    person_takes(id);
    struct pty *pty = person_start_at("clerk01", "cmp mine", id);
    pty_type(pty, "d");
    pty_wait_text(pty, "*Decision", WAIT);
    pty_type(pty, "Half is paid back.");
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "phone");
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "25:00");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "Write a time as 14:05", WAIT),
             "a time that cannot be is said at its field");
    pty_keys(pty, "Ctrl-U", "Tab", NULL);
    pty_type(pty, "Med");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "No mediation of this case", WAIT) &&
                 pty_wait_text(pty, "Open \"Mediation\" now?", WAIT),
             "without a mediation the screen for it is offered");
    pty_type(pty, "y");
    pty_wait_text(pty, "*Mediator", WAIT);
    pty_wait_text(pty, "Mediated", WAIT);
    pty_type(pty, "Centre");
    pty_keys(pty, "Tab", "Tab", NULL);
    pty_type(pty, "Agr");
    pty_keys(pty, "Tab", "Tab", NULL);
    pty_type(pty, "half");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "The mediation is kept.", WAIT) &&
                 pty_wait_text(pty, "Half is paid back.", WAIT),
             "kept, and the decision is as it was");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "The case is resolved.", WAIT) &&
                 !strcmp(person_case_field(id, "outcome"), "mediated"),
             "then it is decided");
    pty_free(pty);
    id = person_case("'B02'", "'C07'", "Agreed");
    person_takes(id);
    snprintf(text, sizeof text,
             "SELECT (api.case_mediation_set(customer_id, case_id, 'Centre', '2026-01-05', 'agreed', "
             "'2026-01-05', 'half', 0, gen_random_uuid())).status FROM api.case_list "
             "WHERE lane = 'all' AND case_id = %ld",
             id);
    person_sql("clerk01", text);
    pty = person_start_at("clerk01", "cmp mine", id);
    pty_type(pty, "d");
    stage_ok(pty_wait_text(pty, "Outcome : Mediated", WAIT), "what was agreed with a mediator ends so");
    pty_free(pty);
}

/* Two people at one case: each sees the other; the second one's change is compared with the first.
 */
static void together(void)
{
    char text[512], name[64];
    long id = person_case("'B02'", "'C07'", "Together");
    person_takes(id);
    snprintf(name, sizeof name, "%s",
             stage_sql("SELECT name_en FROM bank.staff WHERE login = 'super01'"));
    struct pty *pty = person_start_at("clerk01", "cmp mine", id);
    pty_keys(pty, "Enter", NULL);
    pty_wait_text(pty, "At the desk", WAIT);
    struct pty *other = person_start_at("super01", "cmp open", id);
    pty_keys(other, "Enter", NULL);
    pty_wait_text(other, "At the desk", WAIT);
    pty_wait_text(other, "Checked", WAIT);
    pty_keys(pty, "F5", NULL);
    stage_ok(pty_wait_text(pty, name, WAIT), "who else has the case open is shown");
    pty_type(pty, "c");
    pty_wait_text(pty, "Classify the complaint", WAIT);
    stage_ok(pty_wait_text(pty, "Also open at:", WAIT), "also while a form is filled in");
    pty_wait_text(pty, "Prices and fees", WAIT);
    snprintf(text, sizeof text,
             "SELECT (api.case_classify(%s, %ld, 'A033', 'B03', 'C07', 'simple', %s, "
             "gen_random_uuid())).status",
             "customer_id", id, "version");
    snprintf(text + strlen(text), sizeof text - strlen(text),
             " FROM api.case_list WHERE lane = 'all' AND case_id = %ld", id);
    person_sql("super01", text);
    pty_keys(pty, "Right", "Right", "F10", NULL);
    stage_ok(pty_wait_text(pty, "Changed by somebody else", WAIT) &&
                 pty_wait_text(pty, "Loan", WAIT) && pty_wait_text(pty, "Payment and", WAIT) &&
                 pty_wait_text(pty, "Mobile app", WAIT),
             "what the other changed stands beside what is entered");
    pty_keys(pty, "Space", "Enter", NULL);
    pty_wait_text(pty, "Look it over", WAIT);
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "The case is classified.", WAIT), "it goes onto the present state");
    stage_ok(!strcmp(person_case_field(id, "business || channel"), "B03A033"),
             "with theirs where so chosen");
    pty_wait_text(pty, "Open at", WAIT);
    pty_keys(other, "F12", NULL);
    pty_wait_text(other, "Show: ", WAIT);
    stage_ok(reads_gone(pty, "Open at"), "who goes back is there no more");
    pty_keys(other, "Enter", NULL);
    pty_wait_text(other, "At the desk", WAIT);
    pty_wait_text(other, "Checked", WAIT);
    pty_keys(pty, "F5", NULL);
    pty_wait_text(pty, "Open at", WAIT);
    pty_free(other);
    stage_ok(reads_gone(pty, "Open at"), "nor one whose session has ended");
    pty_free(pty);
}

static void many(void)
{
    char text[512], to[100];
    long one = person_case("'B03'", "'C07'", "Many A"),
         two = person_case("'B03'", "'C07'", "Many B");
    snprintf(text, sizeof text,
             "SELECT (api.case_step(customer_id, case_id, 'withdraw', 'x', version, "
             "gen_random_uuid())).status FROM api.case_list WHERE lane = 'all' AND case_id = %ld",
             two);
    struct pty *pty = person_start_at("super01", "cmp open", one);
    pty_type(pty, "  ");
    stage_ok(pty_wait_text(pty, "2 marked", WAIT), "two cases are marked");
    pty_type(pty, "C");
    stage_ok(pty_wait_text(pty, "Not possible now: Stage is", WAIT),
             "what none of them allows asks for no reason first");
    person_sql("clerk01", text);
    pty_type(pty, "A");
    pty_wait_text(pty, "*To", WAIT);
    pty_type(pty, "clerk01");
    pty_keys(pty, "F10", NULL);
    snprintf(to, sizeof to, "To: %.60s (clerk01)",
             stage_sql("SELECT name_en FROM bank.staff WHERE login = 'clerk01'"));
    stage_ok(pty_wait_text(pty, "Assign: 2 rows", WAIT) && pty_wait_text(pty, to, WAIT),
             "the question says what will be done");
    pty_type(pty, "y");
    stage_ok(pty_wait_text(pty, "1 done, 1 refused", WAIT),
             "one call does what it can and names the rest");
    stage_ok(!strcmp(person_case_field(one, "stage"), "accepted") &&
                 !strcmp(person_case_field(two, "stage"), "closed"),
             "so it is");
    pty_keys(pty, "Enter", NULL);
    stage_ok(pty_wait_text(pty, "1 marked", WAIT), "what was refused stays marked");
    pty_type(pty, " ");
    pty_wait_text(pty, "2 marked", WAIT);
    snprintf(
        text, sizeof text,
        "UPDATE bank.case_file SET version = version + 1, subject = 'Many C' WHERE case_id = %ld",
        one);
    stage_sql(text);
    pty_keys(pty, "F5", NULL);
    pty_wait_text(pty, "Many C", WAIT);
    pty_type(pty, "A");
    pty_wait_text(pty, "*To", WAIT);
    pty_type(pty, "super01");
    pty_keys(pty, "F10", NULL);
    pty_wait_text(pty, "Assign: 2 rows", WAIT);
    pty_type(pty, "y");
    stage_ok(pty_wait_text(pty, "1 done, 1 refused", WAIT),
             "what is done is done to the row as it was read last");
    pty_free(pty);
}

/* The row of this number in the list says that the case is taken. */
static bool taken(struct pty *pty, void *number)
{
    for (int row = 0; row < 24; row++)
        if (strstr(pty_row(pty, row), number))
            return strstr(pty_row(pty, row), "Accepted") != NULL;
    return false;
}

/* More time for a clock that the form only shows; what was changed meanwhile stands in the list. */
static void longer(void)
{
    char text[512], number[32];
    long id = person_case("'B02'", "'C07'", "Longer");
    snprintf(number, sizeof number, "T%09ld", id);
    snprintf(text, sizeof text,
             "SELECT (api.case_classify(customer_id, case_id, 'A032', 'B02', 'C07', 'complex', "
             "version, gen_random_uuid())).status FROM api.case_list WHERE lane = 'all' AND "
             "case_id = %ld",
             id);
    person_sql("clerk01", text);
    struct pty *pty = person_start_at("clerk01", "cmp open", id);
    pty_keys(pty, "Enter", NULL);
    pty_wait_text(pty, "Complaint · T", WAIT);
    pty_wait_text(pty, "In queue", WAIT);
    pty_type(pty, "t");
    pty_wait_text(pty, "The case is yours.", WAIT);
    pty_type(pty, "T");
    stage_ok(pty_wait_text(pty, "Clock    : Statutory", WAIT), "the form names the clock in words");
    pty_keys(pty, "Tab", NULL);
    pty_type(pty, "An expert looks at it.");
    pty_keys(pty, "F10", NULL);
    stage_ok(pty_wait_text(pty, "The extension waits for approval.", WAIT),
             "more time is asked for");
    pty_type(pty, "T");
    stage_ok(pty_wait_text(pty, "already waits for approval", WAIT) &&
                 pty_wait_text(pty, "Complaint · T", WAIT),
             "what cannot be asked for opens no form");
    pty_keys(pty, "Enter", NULL);
    snprintf(text, sizeof text, "SELECT clock || days FROM bank.case_extension WHERE case_id = %ld",
             id);
    stage_ok(!strcmp(stage_sql(text), "statutory30"), "for the clock that was shown");
    pty_keys(pty, "5", NULL);
    stage_ok(pty_wait_text(pty, "Why due times moved", WAIT) && pty_wait_text(pty, "Step taken", WAIT),
             "the page of clocks says why a due time moved");
    pty_keys(pty, "F12", NULL);
    pty_wait_text(pty, "Show: ", WAIT);
    stage_ok(pty_wait(pty, taken, number, WAIT), "the list behind shows what was done in the case");
    pty_free(pty);
}

int main(void)
{
    char command[1200];
    char place[1200];
    setenv("PGOPTIONS", "-c client_min_messages=warning", 1);
    if (!stage_begin("golden"))
        return stage_end();
    snprintf(folder, sizeof folder, "%s/casework", getenv("BANKOPS_FIXTURE"));
    snprintf(command, sizeof command, "mkdir -p '%s/run' && chmod 700 '%s/run'", folder, folder);
    stage_line(command);
    if (chdir(folder) != 0)
        printf("# cannot work in %s\n", folder);
    snprintf(place, sizeof place, "'%s/editor'", folder);
    setenv("EDITOR", place, 1);
    unsetenv("VISUAL");
    snprintf(place, sizeof place, "%s/run", folder);
    setenv("XDG_RUNTIME_DIR", place, 1);
    editor();
    renamed();
    papers();
    mediated();
    together();
    many();
    longer();
    return stage_end();
}
