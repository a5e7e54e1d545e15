// The kitchen's tables: what is on the shelf, and what was
// ordered. Look at the key of the orders, which a guest chooses.
#pragma once

#include <string>
#include <tuple>

#include "blocking.hpp"

// Starts afresh, in its own schema, whatever an earlier run has
// left.
inline void open_kitchen(const std::string& address) {
  pg::BlockingConnection kitchen(address);
  kitchen.execute("drop schema if exists workbook cascade");
  kitchen.execute("create schema workbook");
  kitchen.execute(
      "create table workbook.shelf (dish text primary key,"
      " portions integer check (portions >= 0))");
  kitchen.execute(
      "create table workbook.orders (number integer primary key,"
      " guest text, dish text)");
  kitchen.execute(
      "insert into workbook.shelf values ('soup', 10),"
      " ('bread', 2000)");
}

inline int number_of_orders(const std::string& address) {
  pg::BlockingConnection kitchen(address);
  const auto rows =
      kitchen.query<int>("select count(*) from workbook.orders");
  return std::get<0>(rows.front());
}
