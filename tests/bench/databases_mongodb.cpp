// MongoDB, or lesson 32's stand-in, with the headers of lesson 32. How it is called: databases.hpp.
#include <bson/bson.h>
#include <fmt/core.h>

#include <asio.hpp>
#include <string>

#include "../../lessons/32-mongodb/address.hpp"
#include "../../lessons/32-mongodb/blocking.hpp"
#include "../../lessons/32-mongodb/connection.hpp"
#include "../../lessons/32-mongodb/document.hpp"
#include "../../lessons/32-mongodb/kitchen.hpp"
#include "../../lessons/32-mongodb/pool.hpp"
#include "databases.hpp"

using mongo::array, mongo::Connection, mongo::doc, mongo::Document, mongo::Pool;

void make_tables(const std::string& address) {
  mongo::BlockingConnection own(mongo::parse_address(address));
  for (const char* collection : {"workbook_bench_dishes", "workbook_bench_orders"}) {
    own.command(doc("delete", collection, "deletes", array(doc("q", doc(), "limit", 0))));
  }
  for (int i = 0; i < number_of_dishes; ++i) {
    const auto dish = doc("_id", i, "name", "soup", "portions", 10);
    own.command(doc("insert", "workbook_bench_dishes", "documents", array(dish)));
  }
  fmt::print("libbson {}\n", BSON_VERSION_S);
}

Document question_about(int number) {
  return doc("find", "workbook_bench_dishes", "filter", doc("_id", number), "limit", 1,
             "singleBatch", true);
}

// As PyMongo does, which makes a dictionary.
void read(const Document& answer) {
  const Document dish = first_in(answer);
  dish.text("name");
  dish.number("portions");
}

// `kitchen` is a connection or a pool.
template <typename Kitchen>
asio::awaitable<void> ask(Kitchen& kitchen, int count) {
  for (int i = 0; i < count; ++i) {
    read(co_await kitchen.command(question_about(i % number_of_dishes)));
  }
}

asio::awaitable<void> insert(Connection& own, int count) {
  for (int i = 0; i < count; ++i) {
    const auto order = doc("_id", mongo::new_id(), "number", i, "dish", "soup");
    co_await own.command(doc("insert", "workbook_bench_orders", "documents", array(order)));
  }
}

asio::awaitable<void> measure_all(std::string text, int count) {
  const auto address = mongo::parse_address(text);
  const auto own = co_await Connection::open(address);
  Pool pool(co_await asio::this_coro::executor, address, number_of_tasks);
  auto one = [&pool](int part) { return ask(pool, part); };
  co_await measure("questions", count, [&](int part) { return ask(*own, part); });
  co_await measure("questions-by-ten", count, [&](int part) { return by_ten_tasks(part, one); });
  co_await measure("insertions", count, [&](int part) { return insert(*own, part); });
}

int main(int argc, char* argv[]) {
  return run(argc, argv, make_tables, measure_all);
}
