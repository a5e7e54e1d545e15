// A trap: five orders in a pipeline, and the third one's number
// is taken. Look at how many of those that succeeded are in the
// table.
#include <fmt/core.h>
#include <postgresql/libpq-fe.h>

#include <asio.hpp>
#include <exception>
#include <memory>
#include <string>
#include <tuple>

#include "address.hpp"
#include "connection.hpp"
#include "kitchen.hpp"

using pg::Connection, pg::Values;

// As libpq has it: each statement has its own result.
asio::awaitable<void> order(Connection& own, bool sync_each) {
  const std::string sql =
      "insert into workbook.orders values ($1, 'Ann', 'soup')";
  PQenterPipelineMode(own.handle());
  int syncs = sync_each ? 0 : 1;
  for (const int number : {11, 12, 10, 13, 14}) {
    const Values values(number);
    PQsendQueryParams(own.handle(), sql.c_str(), values.count(),
                      nullptr, values.pointers().data(), nullptr,
                      nullptr, 0);
    if (sync_each) syncs += PQpipelineSync(own.handle());
  }
  if (!sync_each) PQpipelineSync(own.handle());
  co_await own.flush();
  while (syncs > 0) {
    const pg::Result result = co_await own.next_result();
    if (!result) continue;  // the end of one statement's results
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK) fmt::print(" ok");
    if (status == PGRES_PIPELINE_ABORTED) fmt::print(" skipped");
    if (status == PGRES_FATAL_ERROR) {
      fmt::print(" {}", pg::error_of(result.get()).state);
    }
    if (status == PGRES_PIPELINE_SYNC) --syncs;
  }
  PQexitPipelineMode(own.handle());
  fmt::print("\n");
}

asio::awaitable<void> day(std::string address) {
  const auto own = co_await Connection::open(address);
  for (const bool sync_each : {false, true}) {
    co_await own->execute("delete from workbook.orders");
    co_await own->execute(
        "insert into workbook.orders values (10, 'Ben', 'soup')");
    fmt::print("{}:", sync_each ? "A sync after each"
                                : "One sync at the end");
    co_await order(*own, sync_each);
    const auto rows = co_await own->query<int>(
        "select count(*) from workbook.orders"
        " where guest = 'Ann'");
    fmt::print("Ann's orders: {}\n", std::get<0>(rows.front()));
  }
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
