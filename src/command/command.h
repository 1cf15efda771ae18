#ifndef BANKOPS_COMMAND_COMMAND_H
#define BANKOPS_COMMAND_COMMAND_H

/* One subcommand of the program. Each lives in src/command/NAME.c as command_NAME() and is listed
 * in the table of src/main.c; --help and the shell completion derive from it. */
struct command {
    const char *name;
    const char *arguments; /* for the usage line */
    const char *summary;   /* one line, marked N_() */
    /* Runs with argv[0] = name; returns the exit status of the program. */
    int (*run)(int argc, char **argv);
};

/* The subcommands by name, with the arguments and the answer of struct command.run. */
int command_audit(int argc, char **argv);
int command_classify(int argc, char **argv);
int command_console(int argc, char **argv);
int command_database(int argc, char **argv);
int command_demo(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_files(int argc, char **argv);
int command_import(int argc, char **argv);
int command_clock(int argc, char **argv);
int command_deliver(int argc, char **argv);
int command_import_cases(int argc, char **argv);
int command_import_core(int argc, char **argv);
int command_pull_cases(int argc, char **argv);
int command_opening(int argc, char **argv);
int command_reconcile(int argc, char **argv);
int command_report(int argc, char **argv);
int command_route(int argc, char **argv);
int command_screens(int argc, char **argv);
int command_staff(int argc, char **argv);
int command_work(int argc, char **argv);

#endif
