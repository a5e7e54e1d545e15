// The titles of pages that declare no charset. Look at the
// argument that page_title() does not have in async.cpp.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <exception>
#include <string>
#include <variant>
#include <vector>

#include "../10-http-request/request.hpp"
#include "detected_charset.hpp"
#include "fetch.hpp"
#include "list.hpp"
#include "page_title.hpp"

using namespace asio::experimental::awaitable_operators;

// A page that fails gets the reason as its title.
asio::awaitable<std::string> title_of(const Link& link) {
  try {
    const Url url = parse_http_url(link.url);
    co_return page_title(co_await async_fetch(url),
                         detected_charset);
  } catch (const std::exception& error) {
    co_return reason(error);
  }
}

asio::awaitable<void> look_up(Link& link) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(limit);
  const auto first = co_await (
      title_of(link) || timer.async_wait(asio::use_awaitable));
  const auto* title = std::get_if<std::string>(&first);
  link.title = title ? *title : NoAnswer(limit).what();
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
