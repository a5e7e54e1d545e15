// A thousand orders, in three ways: one by one, in a pipeline,
// and by COPY. Look at how often each waits for the server.
#include <fmt/core.h>

#include <asio.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "address.hpp"
#include "connection.hpp"
#include "kitchen.hpp"
#include "transaction.hpp"

using pg::Connection, pg::Values;

constexpr int number_of_rows = 1000;

asio::awaitable<void> one_by_one(Connection& own) {
  const auto put = co_await own.prepare(
      "insert into workbook.orders values ($1, $2, $3)");
  for (int number = 1; number <= number_of_rows; ++number) {
    co_await own.execute(put, number, "Ann", "soup");
  }
}

asio::awaitable<void> in_a_pipeline(Connection& own) {
  const auto put = co_await own.prepare(
      "insert into workbook.orders values ($1, $2, $3)");
  std::vector<Values> orders;
  for (int number = 1; number <= number_of_rows; ++number) {
    orders.emplace_back(number, "Ann", "soup");
  }
  co_await own.execute_all(put, orders);
}

asio::awaitable<void> by_copy(Connection& own) {
  int number = 0;
  auto next = [&]() -> std::optional<Values> {
    if (number == number_of_rows) return std::nullopt;
    return Values(++number, "Ann", "soup");
  };
  co_await own.copy("copy workbook.orders from stdin", next);
}

using Way = asio::awaitable<void> (*)(Connection&);

asio::awaitable<void> order(Connection& own, std::string name,
                            Way way) {
  co_await own.execute("delete from workbook.orders");
  co_await in_transaction(own, way);
  const auto rows = co_await own.query<int>(
      "select count(*) from workbook.orders");
  fmt::print("{}: {} orders\n", name, std::get<0>(rows.front()));
}

asio::awaitable<void> day(std::string address) {
  const auto own = co_await Connection::open(address);
  co_await order(*own, "One by one", one_by_one);
  co_await order(*own, "In a pipeline", in_a_pipeline);
  co_await order(*own, "By COPY", by_copy);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  try {
    const std::string address = pg::address_from(argc, argv);
    open_kitchen(address);
    asio::io_context loop;
    asio::co_spawn(loop, day(address), rethrow);
    loop.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
