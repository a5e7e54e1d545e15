// The titles of a list of pages, looked up by a few workers.
// Look at which worker takes which page, and when.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <cstdlib>
#include <exception>
#include <string>
#include <variant>
#include <vector>

#include "../10-http-request/request.hpp"
#include "fetch.hpp"
#include "list.hpp"
#include "page_title.hpp"

using namespace asio::experimental::awaitable_operators;

// A page that fails gets the reason as its title.
asio::awaitable<std::string> title_of(const Link& link) {
  try {
    const Url url = parse_http_url(link.url);
    co_return page_title(co_await async_fetch(url));
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

// Takes the next link of the list until none is left. All the
// workers share `next`; because they share one thread, too, no
// two of them take the same link.
using Links = std::vector<Link>;
asio::awaitable<void> work(Links& links, Links::iterator& next) {
  while (next != links.end()) {
    Link& mine = *next++;
    co_await look_up(mine);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  const int workers = argc == 4 ? std::atoi(argv[3]) : 0;
  if (workers < 1) {
    fmt::print(stderr, "Usage: {} LIST SERVER COUNT\n", argv[0]);
    return 2;
  }
  try {
    auto links = read_list(argv[1], argv[2]);
    auto next = links.begin();
    asio::io_context loop;
    for (int worker = 0; worker < workers; ++worker) {
      asio::co_spawn(loop, work(links, next), rethrow);
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
