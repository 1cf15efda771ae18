#ifndef BANKOPS_TERMINAL_STYLE_H
#define BANKOPS_TERMINAL_STYLE_H

/* What a piece of text means; terminal/theme decides how it looks. Meaning is never carried by
 * colour alone: every theme adds an attribute, and the caller a word or a mark. */
enum style {
    STYLE_NORMAL,
    STYLE_TITLE,     /* first line of a screen */
    STYLE_HEADING,   /* column heads, panel titles */
    STYLE_LABEL,     /* name of a field */
    STYLE_MUTED,     /* less important */
    STYLE_DANGER,    /* overdue, loss, blocked */
    STYLE_WARNING,   /* soon due, stale */
    STYLE_GOOD,      /* done, balanced */
    STYLE_ACCENT,    /* badge, link, what can be opened */
    STYLE_KEY,       /* a key's name in the bottom line */
    STYLE_KEY_LABEL, /* what the key does */
    STYLE_DISABLED,  /* an action or field that is not available now */
    STYLE_INPUT,     /* entry field */
    STYLE_FOCUS,     /* entry field that has the cursor */
    STYLE_ERROR,     /* error message */
    STYLE_MESSAGE,   /* message line */
    STYLE_BORDER,    /* box lines and rules */
    STYLE_SELECTED,  /* row or choice under the cursor */
    STYLE_MARKED,    /* row marked for an action */
    STYLE_COUNT
};

/* Added to a style: the text stands in the row under the cursor, or in a marked row. The style
 * keeps its meaning and takes the row's background or attribute. */
#define STYLE_ON_SELECTED 0x40u
#define STYLE_ON_MARKED   0x80u
#define STYLE_BASE(style) ((enum style)((style) & 0x3Fu))


#endif
