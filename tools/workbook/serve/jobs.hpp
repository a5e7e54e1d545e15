// The jobs that the pages have asked for and that are under way: each reports what happens, as
// events, and ends when it is done, is stopped, or no page asks for its events any more.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "notice.hpp"

namespace workbook {

class Job {
 public:
  // Adds an event, which has a "type" and gets a "number", counted from 1.
  void tell(const nlohmann::json& event);

  // The events after the first `seen`, and whether they are the last: {"events":[…],"done":false}.
  // Waits a while for the next one if there is none.
  asio::awaitable<std::string> events_after(std::size_t seen);

  void stop();
  bool done() const { return done_; }

 private:
  friend class Jobs;
  using Clock = std::chrono::steady_clock;

  // Returns when the job was stopped, or the page has gone.
  asio::awaitable<void> until_unwanted();
  void finish();

  std::vector<std::string> events_;  // as JSON
  bool done_ = false;
  bool stopped_ = false;
  Clock::time_point ended_at_;
  int asking_ = 0;      // how many requests wait for events now
  bool asked_ = false;  // whether a page has asked since until_unwanted looked
  Notice news_;
};

class Jobs {
 public:
  // Does the job. Cancelled when the job has to end.
  using Work = std::function<asio::awaitable<void>(Job& job)>;

  explicit Jobs(asio::any_io_executor executor) : executor_(executor) {}
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  static constexpr std::size_t most = 4;  // at the same time
  bool is_full() const { return running_ >= most; }

  // Starts one and returns its number. What `work` throws becomes an event.
  int start(Work work);
  // Null if there is none, or it ended a while ago.
  std::shared_ptr<Job> find(int number) const;

  // Ends all of them.
  asio::awaitable<void> end();

 private:
  asio::awaitable<void> run(std::shared_ptr<Job> job, Work work);
  void forget_old();

  asio::any_io_executor executor_;
  std::map<int, std::shared_ptr<Job>> jobs_;
  int last_ = 0;
  std::size_t running_ = 0;
  Notice ended_;
};

}  // namespace workbook
