#include <gtest/gtest.h>
#include "config/table.hpp"
