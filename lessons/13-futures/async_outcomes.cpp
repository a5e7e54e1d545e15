// Three parcels, three ends. Look at `done` of the one that was
// cancelled, and at what the tasks that waited for it hear.
#include <fmt/core.h>

#include <asio.hpp>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

#include "future.hpp"

using Parcel = Future<std::string>;

asio::awaitable<void> unpack(std::string_view who,
                             Parcel parcel) {
  try {
    const std::string content = co_await parcel.get();
    fmt::print("{} unpacks {}\n", who, content);
  } catch (const std::exception& error) {
    fmt::print("{} hears: {}\n", who, error.what());
  }
}

void look_up(std::string_view what, const Parcel& parcel) {
  fmt::print("{}: done: {}, cancelled: {}\n", what, parcel.done(),
             parcel.cancelled());
}

asio::awaitable<void> run_shop(Parcel book, Parcel vase,
                               Parcel lamp) {
  look_up("lamp", lamp);
  book.set_result("a book");
  const std::runtime_error broken("the vase is broken");
  vase.set_exception(std::make_exception_ptr(broken));
  lamp.cancel();
  look_up("book", book);
  look_up("vase", vase);
  look_up("lamp", lamp);
  try {
    lamp.set_result("a lamp");
  } catch (const InvalidState& error) {
    fmt::print("Too late: {}\n", error.what());
  }
  co_return;
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  Parcel book(loop.get_executor());
  Parcel vase(loop.get_executor());
  Parcel lamp(loop.get_executor());
  asio::co_spawn(loop, unpack("Ann", book), rethrow);
  asio::co_spawn(loop, unpack("Ben", vase), rethrow);
  asio::co_spawn(loop, unpack("Cleo", lamp), rethrow);
  asio::co_spawn(loop, unpack("Dan", lamp), rethrow);
  asio::co_spawn(loop, run_shop(book, vase, lamp), rethrow);
  loop.run();
}
