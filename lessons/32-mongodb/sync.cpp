// Three guests and two portions of soup. Look at who comes too
// late, and at the document that remains.
#include <fmt/core.h>

#include <chrono>
#include <exception>
#include <string>

#include "address.hpp"
#include "blocking.hpp"
#include "kitchen.hpp"

using namespace std::chrono_literals;
using Connection = mongo::BlockingConnection;

void serve(Connection& kitchen, std::string guest,
           std::chrono::milliseconds time) {
  fmt::print("{} looks at the menu\n", guest);
  kitchen.command(slow_question("soup", time));
  const auto answer =
      kitchen.command(take_portion("soup", guest));
  const bool gets_soup = answer.number("n") == 1;
  fmt::print("{} {}\n", guest,
             gets_soup ? "gets soup" : "comes too late");
}

void show_soup(Connection& kitchen) {
  const auto answer = kitchen.command(question("soup"));
  fmt::print("{}\n", first_in(answer).json());
}

int main(int argc, char* argv[]) {
  try {
    const auto address = mongo::address_from(argc, argv);
    open_kitchen(address);
    Connection kitchen(address);
    serve(kitchen, "Ann", 800ms);
    serve(kitchen, "Ben", 400ms);
    serve(kitchen, "Cleo", 600ms);
    show_soup(kitchen);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
