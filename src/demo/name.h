#ifndef BANKOPS_DEMO_NAME_H
#define BANKOPS_DEMO_NAME_H

#include "demo/random.h"

/* Invented names of people and companies with the frequencies of real ones. Surnames follow the
 * published counts of the ministry of public security, given names the fashions of each decade. */

enum { NAME_BYTES = 160 };

/* Name of a person born in `year`. `male`: sex. Some are foreigners, of a people whose names carry
 * a dot, or carry a rare character. */
void name_person(struct random *random, int year, bool male, char name[NAME_BYTES]);
/* Given name for this surname ("王"), for members of one family. */
void name_with_surname(struct random *random, const char *surname, int year, bool male,
                       char name[NAME_BYTES]);
/* A surname by frequency; static storage. */
const char *name_surname(struct random *random);
/* True when the name is written in Latin letters. */
bool name_is_latin(const char *name);

/* Company of a city (index of name_cities): Chinese and English name. Answers its industry. */
const char *name_company(struct random *random, int city, char chinese[NAME_BYTES],
                         char english[NAME_BYTES]);

/* Cities of the demo bank. */
struct name_city {
    const char *chinese, *english;
    int region;               /* six-digit code of a district for identity numbers */
    const char *districts[6]; /* Chinese names */
    int district_codes[6];
};
extern const struct name_city name_cities[];
enum { NAME_CITIES = 4, NAME_REGIONS = 86 };
/* District code by index below NAME_REGIONS, over all China: where people were born. */
int name_region(int index);
/* Street address in a city. */
void name_address(struct random *random, int city, char address[NAME_BYTES]);

#endif
