// An order, as one job: two changes that belong together. Look
// at what happens to the first if the second fails.
#pragma once

#include <string>

#include "connection.hpp"

struct Booking {
  std::string guest;
  std::string dish;

  // If none is left, the shelf's check fails: an exception.
  void operator()(sqlite::Connection& kitchen) const {
    kitchen.execute("insert into orders values (null, ?, ?)",
                    guest, dish);
    kitchen.execute(
        "update shelf set portions = portions - 1"
        " where dish = ?",
        dish);
  }
};
