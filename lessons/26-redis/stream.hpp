// A stream as a queue of messages that outlive their senders and
// receivers. Look at when a message is gone: after its
// acknowledgement, and not before.
#pragma once

#include <algorithm>
#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "../13-futures/waiters.hpp"
#include "../19-synchronisation/lock.hpp"
#include "address.hpp"
#include "entries.hpp"
#include "reconnecting.hpp"
#include "reply.hpp"

namespace redis {

struct StreamSettings {
  std::string stream;
  std::string group = "workers";
  std::string consumer = "worker";  // different in each process
  std::size_t prefetch = 10;  // in our hands at the same time
  // Held by a consumer for this long: it must have died.
  std::chrono::milliseconds claim_after =
      std::chrono::seconds(30);
};

// It must outlive every call, but not live longer than needed:
// an open connection keeps the loop running.
class Stream {
 public:
  Stream(asio::any_io_executor executor, const Address& address,
         StreamSettings settings, Report report = {})
      : settings_(std::move(settings)),
        asks_(executor, address, report),
        waits_(executor, address, report),
        reading_(executor),
        room_(executor) {}

  // Returns when the message is on the broker's disk. If that is
  // unknown it is sent again, and may be there twice.
  asio::awaitable<void> publish(std::string text) {
    co_await asks_.command("XADD", settings_.stream, "*", "text",
                           text);
  }

  // Waits for a message, and before that for room if `prefetch`
  // are in our hands.
  asio::awaitable<Entry> receive() {
    const auto guard = co_await reading_.acquire();
    while (arrived_.empty()) {
      while (in_hand_.size() >= settings_.prefetch) {
        co_await room_.wait();
      }
      co_await fetch();
    }
    Entry entry = std::move(arrived_.front());
    arrived_.pop_front();
    co_return entry;
  }

  // The work is done: no consumer will get this message again.
  asio::awaitable<void> acknowledge(Entry entry) {
    std::exception_ptr failure;
    try {
      co_await asks_.command("XACK", settings_.stream,
                             settings_.group, entry.id);
      // A stream keeps its entries until they are deleted.
      co_await asks_.command("XDEL", settings_.stream, entry.id);
    } catch (...) {
      failure = std::current_exception();
    }
    in_hand_.erase(entry.id);
    room_.wake_one();
    if (failure) std::rethrow_exception(failure);
  }

 private:
  using Clock = std::chrono::steady_clock;

  asio::awaitable<void> fetch() {
    bool no_group = false;
    try {
      if (Clock::now() >= next_claim_) co_await claim();
      if (arrived_.empty()) co_await read();
    } catch (const Error& error) {
      no_group = std::string(error.what()).starts_with("NOGROUP");
      if (!no_group) throw;
    }
    if (no_group) co_await make_group();
  }

  // Messages that others have dropped, and those that were sent
  // to us when the connection broke.
  asio::awaitable<void> claim() {
    do {
      const Reply reply = co_await waits_.command(
          "XAUTOCLAIM", settings_.stream, settings_.group,
          settings_.consumer, settings_.claim_after.count(),
          cursor_, "COUNT", room());
      cursor_ = reply.items.at(0).text;
      keep(entries_claimed(reply));
    } while (arrived_.empty() && cursor_ != "0-0");
    if (cursor_ == "0-0") {  // the end of what is pending
      next_claim_ = Clock::now() + settings_.claim_after / 2;
    }
  }

  asio::awaitable<void> read() {
    const auto block = std::min<std::chrono::milliseconds>(
        settings_.claim_after / 2, std::chrono::seconds(1));
    keep(entries_read(co_await waits_.command(
        "XREADGROUP", "GROUP", settings_.group,
        settings_.consumer, "COUNT", room(), "BLOCK",
        block.count(), "STREAMS", settings_.stream, ">")));
  }

  asio::awaitable<void> make_group() {
    try {
      co_await waits_.command("XGROUP", "CREATE",
                              settings_.stream, settings_.group,
                              0, "MKSTREAM");
    } catch (const Error& error) {
      const std::string reason = error.what();
      if (!reason.starts_with("BUSYGROUP")) throw;  // it exists
    }
  }

  // A message claimed from ourselves is still being worked on.
  void keep(std::vector<Entry> entries) {
    for (Entry& entry : entries) {
      if (!in_hand_.insert(entry.id).second) continue;
      arrived_.push_back(std::move(entry));
    }
  }

  std::size_t room() const {
    return settings_.prefetch - in_hand_.size();
  }

  StreamSettings settings_;
  Reconnecting asks_;   // for what is answered at once
  Reconnecting waits_;  // for the next message
  Lock reading_;
  Waiters room_;
  std::deque<Entry> arrived_;
  std::set<std::string> in_hand_;  // and those that arrived
  std::string cursor_ = "0-0";
  Clock::time_point next_claim_;
};

}  // namespace redis
