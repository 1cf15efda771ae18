#include "console/flow.h"

#include "base/alloc.h"

#include <string.h>

#define FLOW(name) extern const struct flow flow_##name;
#include "../screens/flows.def"
#undef FLOW

static const struct flow *const flows[] = {
#define FLOW(name) &flow_##name,
#include "../screens/flows.def"
#undef FLOW
};

const struct flow *flow_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(flows); i++)
        if (!strcmp(flows[i]->name, name))
            return flows[i];
    return NULL;
}

/* What console_key.c carries out itself on every screen. */
static bool everywhere(enum action_id id)
{
    return action_at(id)->contexts == CONTEXT_ALL || id == ACTION_REFRESH || id == ACTION_NEW ||
           id == ACTION_ACTIONS;
}

bool flow_offers(const struct flow *flow, enum action_id id)
{
    if (!(action_at(id)->contexts & CONTEXT_FLOW))
        return false;
    if (everywhere(id))
        return true;
    for (int i = 0; flow && flow->acts && flow->acts[i] != ACTION_NONE; i++)
        if (flow->acts[i] == id)
            return true;
    return false;
}
