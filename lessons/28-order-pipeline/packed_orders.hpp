// The table of packed orders, in SQL that SQLite and PostgreSQL
// both understand. Look at its key: that is what decides.
#pragma once

namespace packed_orders {

inline constexpr const char* make_table =
    "create table if not exists packed"
    " (number integer primary key)";

inline constexpr const char* find =
    "select number from packed where number = $1";

// Returns the number, or nothing if it is there already.
inline constexpr const char* insert =
    "insert into packed values ($1)"
    " on conflict do nothing returning number";

}  // namespace packed_orders
