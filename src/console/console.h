#ifndef BANKOPS_CONSOLE_CONSOLE_H
#define BANKOPS_CONSOLE_CONSOLE_H

#include "base/language.h"
#include "console/catalogue.h"
#include "console/page.h"
#include "console/query.h"
#include "console/settings.h"
#include "database/connection.h"
#include "terminal/loop.h"
#include "terminal/screen.h"

#include <time.h>

/* How the program was started. */
struct console_options {
    const char *conninfo, *as, *screen, *theme, *keymap;
    bool read_only, plain;
};

/* Who works here; all "" before the login. */
struct identity {
    char login[64], role[16], name[2][64], unit[2][64], bank[2][64], unit_id[16], today[16];
    unsigned role_bit;
    int64_t offset_ms; /* database's clock minus ours */
    int64_t zone_ms;   /* the bank's local time minus UTC */
    bool password_first; /* somebody else chose the password */
    bool known;
};

enum { AHEAD_MOST = 64 };

struct dialog;
struct work;

struct console {
    struct console_options options;
    struct settings settings;
    struct loop *loop;
    struct loop_watch *watch;
    struct loop_timer *link_timer;
    int64_t link_due;
    struct connection *connection;
    struct catalogue *catalogue;
    struct identity identity;
    struct values views; /* kept list settings by screen */
    struct values sent;  /* what was sent last, by screen and field */
    enum keymap keymap;
    bool read_only;
    struct page **pages; /* visited, oldest first */
    int page_count, page_at, page_capacity;
    struct dialog *dialog; /* topmost, NULL when none */
    struct work *work;     /* long work under way, NULL when none */
    struct command_line *command_line;
    char *message;
    unsigned message_style;
    struct login *login; /* open while somebody logs in or unlocks, else NULL */
    bool locked;
    int refused; /* passwords refused at the form since the last sign-in, */
    char refused_name[64]; /* the last with this name */
    bool stepping;    /* in callbacks of the connection */
    struct key ahead[AHEAD_MOST]; /* typed ahead: ahead.h */
    int ahead_count;
    int64_t ahead_since; /* when the first of them was typed, ms */
    bool draining; /* they are being carried out */
    int names_open; /* code lists that were asked for and have not come */
    bool escape_idle; /* the last Esc had nothing to do: a digit may follow */
    char *start_text; /* command carried out after the login */
    int64_t last_key, last_second, last_aside;
    struct loop_timer *seal_timer; /* until the audit trail is sealed; NULL when none is due */
    int seal_tries;
    int64_t busy_since; /* when the oldest query still running was sent, ms */
    int64_t task_start; /* ms; 0 = no task */
    int task_keys;
};

/* Runs the console until the user leaves; returns the exit status. */
int console_run(const struct console_options *options);

/* Now on the database's clock, in ms since 1970. */
int64_t console_now(const struct console *console);

struct page *console_page(const struct console *console);
/* Opens a screen with arguments (may be NULL); a refusal or a bad file becomes a message or a page
 * that says so. */
void console_open(struct console *console, const char *screen, const struct values *arguments);
void console_jump(struct page *from, const struct jump *jump, value_lookup lookup, void *data);
/* Something was changed on the page shown: the others are read again when one comes back to them. */
void console_outdated(struct console *console);
/* One step back or forward in what was visited; false at the end. */
bool console_back(struct console *console);
bool console_forward(struct console *console);
/* Leaves the page for good (a form that was submitted). */
void console_close_page(struct console *console);
void console_home(struct console *console);
void console_quit(struct console *console);
void console_lock(struct console *console);
void console_set_language(struct console *console, enum language language);

/* One line below the page; style STYLE_MESSAGE, STYLE_GOOD, STYLE_ERROR. Replaces the former. */
void console_say(struct console *console, unsigned style, const char *text, ...)
    __attribute__((format(printf, 3, 4)));
/* An error in a box: where, what, what to do. Bell; keys typed ahead are forgotten. */
void console_error(struct console *console, const struct error *error);
/* Bell and a message. */
void console_refuse(struct console *console, const char *why);

/* Carries out an action of the table or of the screen, with its checks. */
void console_act(struct console *console, enum action_id id);
/* NULL when it is possible now, else why not (translated). */
const char *console_refusal(struct console *console, enum action_id id);

/* Whether there is such a screen and the person's role may open it. */
bool console_may_open(struct console *console, const char *screen);

/* The catalogue, read on first use; NULL after an error that was shown. */
struct catalogue *console_catalogue(struct console *console);
/* After the login: who is it, then the first screen. */
void console_identify(struct console *console);
/* Handlers of terminal/screen.h. */
void console_key(const struct key *key, void *console);
void console_paint(void *console);

/* The page's query takes so long that stopping it is worth a key. */
bool console_waits(const struct console *console, const struct page *page);

/* Asks for the code lists that the page's screen names and that are not known; all when `again`. */
void console_names(struct page *page, bool again);
/* Whether the key opens a question on a screen other than a form, a filter say, that has code lists
 * which have not come. */
bool console_unnamed(struct page *page, const struct key *key);

/* Sends a query for a page and frees it. */
unsigned console_ask(struct page *page, struct query *query, answer_function answer, void *data);

#endif
