#pragma once

#include_next <limits.h>

#define PATH_MAX 4096
