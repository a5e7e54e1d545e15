// A trap: the fetch itself is put beside the time limit, with one
// `try` around both. Look at what a failure costs.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <exception>
#include <string>
#include <variant>
#include <vector>

#include "../10-http-request/request.hpp"
#include "fetch.hpp"
#include "list.hpp"
#include "page_title.hpp"

using namespace asio::experimental::awaitable_operators;

asio::awaitable<void> look_up(Link& link) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(limit);
  try {
    const Url url = parse_http_url(link.url);
    const auto first =
        co_await (async_fetch(url) ||
                  timer.async_wait(asio::use_awaitable));
    const auto* response = std::get_if<Response>(&first);
    if (response == nullptr) throw NoAnswer(limit);
    link.title = page_title(*response);
  } catch (const std::exception& error) {
    link.title = reason(error);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  if (argc < 2) {
    fmt::print(stderr, "Usage: {} LIST [SERVER]\n", argv[0]);
    return 2;
  }
  try {
    auto links = read_list(argv[1], argc > 2 ? argv[2] : "");
    asio::io_context loop;
    for (Link& link : links) {
      asio::co_spawn(loop, look_up(link), rethrow);
    }
    loop.run();
    for (const Link& link : links) {
      fmt::print("{}: {}\n", link.name, link.title);
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[1], reason(error));
    return 1;
  }
}
