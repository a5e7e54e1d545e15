// The titles of a list of pages, one page at a time. Look at
// what a failed page does to the others.
#include <fmt/core.h>

#include <exception>
#include <string>
#include <vector>

#include "../10-http-request/request.hpp"
#include "fetch.hpp"
#include "list.hpp"
#include "page_title.hpp"

// A page that fails gets the reason as its title.
std::string title_of(const Link& link) {
  try {
    const Url url = parse_http_url(link.url);
    return page_title(fetch(url));
  } catch (const std::exception& error) {
    return reason(error);
  }
}

void look_up(Link& link) {
  link.title = title_of(link);
}

int main(int argc, char* argv[]) {
  if (argc < 2) {
    fmt::print(stderr, "Usage: {} LIST [SERVER]\n", argv[0]);
    return 2;
  }
  try {
    auto links = read_list(argv[1], argc > 2 ? argv[2] : "");
    for (Link& link : links) {
      look_up(link);
    }
    for (const Link& link : links) {
      fmt::print("{}: {}\n", link.name, link.title);
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[1], reason(error));
    return 1;
  }
}
