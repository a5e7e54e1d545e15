// The kitchen's tables: what is on the shelf, and what was
// ordered. Look at the key of the orders, which a guest chooses.
#pragma once

#include <string>
#include <tuple>

#include "address.hpp"
#include "blocking.hpp"

// Starts afresh, in its own database, whatever an earlier run
// has left.
inline void open_kitchen(const maria::Address& address) {
  maria::BlockingConnection kitchen(address);
  kitchen.execute("create database if not exists workbook");
  kitchen.execute("drop table if exists workbook.orders");
  kitchen.execute("drop table if exists workbook.shelf");
  kitchen.execute(
      "create table workbook.shelf (dish varchar(20) primary key,"
      " portions integer check (portions >= 0)) engine = InnoDB");
  kitchen.execute(
      "create table workbook.orders (number integer primary key,"
      " guest varchar(20), dish varchar(20)) engine = InnoDB");
  kitchen.execute(
      "insert into workbook.shelf values ('soup', 10),"
      " ('bread', 2000), ('cake', 3)");
}

inline int number_of_orders(const maria::Address& address) {
  maria::BlockingConnection kitchen(address);
  const auto rows =
      kitchen.query<int>("select count(*) from workbook.orders");
  return std::get<0>(rows.front());
}
