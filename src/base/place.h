#ifndef BANKOPS_BASE_PLACE_H
#define BANKOPS_BASE_PLACE_H

/* Where the program finds its own files and keeps the user's. Each function returns a string
 * that the caller frees. */

/* A file or folder of the program's shared data: "screens", "schema", "profiles".
 * $BANKOPS_SHARE, else share/ beside the program in a build tree, else the installed place. */
char *place_share(const char *name);

/* Folder with the message catalogues. */
char *place_locale(void);

/* Folder of the private cluster and demo files: $BANKOPS_DATA, else /var/lib/bankops for root,
 * else $XDG_DATA_HOME/bankops, else ~/.local/share/bankops. */
char *place_data(void);

/* A file of the user's settings: $XDG_CONFIG_HOME/bankops/NAME, else ~/.config/bankops/NAME. */
char *place_config(const char *name);

/* Absolute path of the running program. */
char *place_program(void);

#endif
