// The parts of the shop of lesson 28: orders, the board, and what its user may choose.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "../../../lessons/28-order-pipeline/board.hpp"
#include "../../../lessons/28-order-pipeline/options.hpp"
#include "../../../lessons/28-order-pipeline/order.hpp"

namespace fs = std::filesystem;

TEST_CASE("an order is a number and a word, and nothing else is one") {
  const auto order = parse_order("7 tea-pot");
  REQUIRE(order);
  CHECK(order->number == 7);
  CHECK(order->item == "tea-pot");
  CHECK(text_of(*order) == "7 tea-pot");
  CHECK(parse_order("2147483647 " + std::string(40, 'x')));

  for (const std::string text :
       {"", " ", "7", "7 ", "kettle", "0 kettle", "-1 kettle", "+1 kettle", " 7 kettle",
        "7  kettle", "7 kettle ", "7\tkettle", "7kettle", "2147483648 kettle", "7 Kettle", "7 <b>",
        "7 a\"b", "7 a\n", "7.5 kettle"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_order(text));
  }
  CHECK_FALSE(parse_order("7 " + std::string(41, 'x')));
  CHECK_FALSE(parse_order(std::string("7 a\0b", 5)));
}

namespace {

Seen seen_by_client(const Board& board, const std::string& last_event_id) {
  http::Request request;
  request.headers["last-event-id"] = last_event_id;
  return board.seen_by(request);
}

}  // namespace

TEST_CASE("the board counts what was reported twice") {
  Board board;
  for (int i = 0; i < 4; ++i) board.accept();
  board.add({1, 1});
  board.add({2, 2});
  board.add({1, 2});
  CHECK(board.counts().body == R"({"accepted":4,"packed":2,"duplicates":1})");
}

TEST_CASE("a client that watches gets the events after the last one that it has seen") {
  Board board(5);
  CHECK_FALSE(board.has_news({0}));
  CHECK(board.events_after({0}).body == "retry: 100\n\n");
  board.add({7, 2});
  board.add({7, 1});
  CHECK(board.has_news({0}));
  CHECK(board.has_news({1}));
  CHECK_FALSE(board.has_news({2}));
  const std::string first = "id: 5-1\ndata: Order 7 is packed by worker 2\n\n";
  const std::string second = "id: 5-2\ndata: Order 7 was packed already, noticed by worker 1\n\n";
  CHECK(board.events_after({0}).body == "retry: 100\n\n" + first + second);
  CHECK(board.events_after({1}).body == "retry: 100\n\n" + second);
  CHECK(board.events_after({2}).body == "retry: 100\n\n");

  CHECK(board.seen_by({}).number == 0);
  CHECK_FALSE(board.seen_by({}).in_earlier_run);
  for (const auto& [id, number] : std::map<std::string, std::size_t>{{"5-1", 1}, {"5-2", 2}}) {
    CHECK(seen_by_client(board, id).number == number);
    CHECK_FALSE(seen_by_client(board, id).in_earlier_run);
  }
}

TEST_CASE("a client from before the restart of the shop gets all events, and is told of the gap") {
  Board board(5);
  const std::string told = "retry: 100\n\nid: 5-0\ndata: Some events may be missing here\n\n";
  const Seen before = seen_by_client(board, "4-1");
  CHECK(board.has_news(before));
  CHECK(board.events_after(before).body == told);
  // It says in its next request what that answer has told it.
  CHECK_FALSE(board.has_news(seen_by_client(board, "5-0")));
  for (int number = 1; number <= 3; ++number) board.add({number, 1});
  for (const std::string id : {"4-1", "4-3", "4-4", "1", "5-4", "5-99999999999999999999", "5-x",
                               "5--1", "5-", "-1", "x"}) {
    CAPTURE(id);
    const std::string all = board.events_after(seen_by_client(board, id)).body;
    CHECK(all.starts_with(told + "id: 5-1\n"));
  }
  CHECK(Board().events_after({0, true}).body != Board().events_after({0, true}).body);
}

TEST_CASE("the board keeps a thousand events, and their numbers go on") {
  Board board(5);
  for (int number = 1; number <= 2500; ++number) board.add({number, 1});
  const std::string all = board.events_after(board.seen_by({})).body;
  CHECK(all.starts_with("retry: 100\n\nid: 5-1501\ndata: Order 1501 is packed"));
  CHECK(all.find("id: 5-2500\ndata: Order 2500 is packed") != all.npos);
  CHECK(board.events_after(seen_by_client(board, "5-1500")).body == all);
  CHECK(board.events_after(seen_by_client(board, "5-2499")).body ==
        "retry: 100\n\nid: 5-2500\ndata: Order 2500 is packed by worker 1\n\n");
  CHECK(board.counts().body == R"({"accepted":0,"packed":2500,"duplicates":0})");
}

TEST_CASE("a client that was away for more than a thousand events is told of the gap") {
  Board board(5);
  for (int number = 1; number <= 1001; ++number) board.add({number, 1});
  const std::string missing =
      "retry: 100\n\nid: 5-1\ndata: Some events may be missing here\n\nid: 5-2\n";
  CHECK(board.events_after(seen_by_client(board, "5-0")).body.starts_with(missing));
  CHECK(
      board.events_after(seen_by_client(board, "5-1")).body.starts_with("retry: 100\n\nid: 5-2\n"));
}

namespace {

Options parse(std::vector<std::string> words) {
  words.insert(words.begin(), "async");
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  return parse_options(static_cast<int>(pointers.size()), pointers.data());
}

std::string complaint(const std::vector<std::string>& words) {
  try {
    parse(words);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("options stand before, between and after the port and the times") {
  const Options defaults = parse({});
  CHECK(defaults.queue == "memory");
  CHECK(defaults.workers == 2);
  CHECK(defaults.time == milliseconds(1000));
  CHECK(defaults.worker == 0);
  CHECK(defaults.settings.port == 0);
  const Options options = parse(
      {"--queue", "redis", "8028", "--workers", "0", "3", "--seconds", "0.05", "--shelf", "here"});
  CHECK(options.queue == "redis");
  CHECK(options.workers == 0);
  CHECK(options.time == milliseconds(50));
  CHECK(options.shelf == "here");
  CHECK(options.settings.port == 8028);
  CHECK(options.settings.limits.patience == milliseconds(3000));
}

TEST_CASE("a wrong option is refused with a sentence") {
  for (const char* name : {"--queue", "--workers", "--seconds", "--shelf", "--worker"}) {
    CHECK(complaint({name}) == fmt::format("{} needs a value", name));
  }
  CHECK(complaint({"--role", "desk"}) ==
        "there is no option --role; there are --queue, --workers, --seconds and --shelf");
  CHECK(complaint({"--help"}).find("there is no option --help") == 0);
  CHECK(complaint({"--workers", "-1"}) == "--workers must be a number from 0 to 1000");
  CHECK(complaint({"--workers", "1001"}) == "--workers must be a number from 0 to 1000");
  CHECK(complaint({"--workers", "two"}) == "--workers must be a number from 0 to 1000");
  CHECK(complaint({"--seconds", "0"}) == "\"0\" is not a positive number of seconds up to 3600");
  CHECK(complaint({"70000"}) == "the port is not a number from 0 to 65535");
}
