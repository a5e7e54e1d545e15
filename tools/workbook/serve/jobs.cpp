#include "jobs.hpp"

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <exception>
#include <nlohmann/json.hpp>
#include <utility>

#include "caught.hpp"
#include "context.hpp"
#include "supervisor.hpp"

namespace workbook {
namespace {

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using Json = nlohmann::json;

constexpr auto longest_wait = 2s;       // for an event
constexpr int page_has_gone = 5;        // seconds without a question for events
constexpr auto remembered = 60s;        // after the end
constexpr std::size_t piece = 1 << 18;  // in bytes: more events than that come in several answers

// Counts a request that waits, and stops counting it on every way out.
class Asking {
 public:
  explicit Asking(int& count) : count_(count) { ++count_; }
  ~Asking() { --count_; }
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;

 private:
  int& count_;
};

}  // namespace

void Job::tell(const Json& event) {
  Json numbered = event;
  numbered["number"] = events_.size() + 1;
  // A program may print anything; bytes that are not UTF-8 are replaced.
  events_.push_back(numbered.dump(-1, ' ', false, Json::error_handler_t::replace));
  news_.give();
}

asio::awaitable<std::string> Job::events_after(std::size_t seen) {
  {
    const Asking asking(asking_);
    const auto deadline = Clock::now() + longest_wait;
    while (events_.size() <= seen && !done_ && Clock::now() < deadline) {
      co_await news_.wait(deadline);
    }
  }
  asked_ = true;
  std::string text;
  std::size_t next = std::min(seen, events_.size());
  for (; next < events_.size() && text.size() < piece; ++next) {
    if (!text.empty()) text += ',';
    text += events_[next];
  }
  const bool all = done_ && next == events_.size();
  co_return "{\"events\":[" + text + "],\"done\":" + (all ? "true" : "false") + "}";
}

void Job::stop() {
  stopped_ = true;
  news_.give();
}

asio::awaitable<void> Job::until_unwanted() {
  // Counted, not measured: while this machine stood still, the page could not ask either.
  int seconds = 0;
  auto next = Clock::now() + 1s;
  while (!stopped_ && seconds < page_has_gone) {
    co_await news_.wait(next);
    if (Clock::now() < next) continue;
    next = Clock::now() + 1s;
    seconds = asking_ > 0 || asked_ ? 0 : seconds + 1;
    asked_ = false;
  }
}

void Job::finish() {
  done_ = true;
  ended_at_ = Clock::now();
  news_.give();
}

int Jobs::start(Work work) {
  forget_old();
  ++running_;
  const auto job = std::make_shared<Job>();
  jobs_[++last_] = job;
  asio::co_spawn(executor_, run(job, std::move(work)), rethrow);
  return last_;
}

std::shared_ptr<Job> Jobs::find(int number) const {
  const auto found = jobs_.find(number);
  return found != jobs_.end() ? found->second : nullptr;
}

asio::awaitable<void> Jobs::end() {
  for (const auto& [number, job] : jobs_) job->stop();
  while (running_ > 0) co_await ended_.wait();
}

asio::awaitable<void> Jobs::run(std::shared_ptr<Job> job, Work work) {
  bool stopped = false;
  try {
    auto working = work(*job);  // which may throw as well
    const auto first = co_await (caught(std::move(working)) || job->until_unwanted());
    stopped = first.index() == 1;
    if (!stopped) rethrow(std::get<0>(first));
  } catch (const Interrupted&) {
    stopped = true;
  } catch (const std::exception& error) {
    job->tell({{"type", "failure"}, {"text", sentence_of(error)}});
  } catch (...) {
    job->tell({{"type", "failure"},
               {"text", "It failed, and threw no std::exception that would say why."}});
  }
  if (stopped) job->tell({{"type", "stopped"}});
  job->finish();
  --running_;
  ended_.give();
}

void Jobs::forget_old() {
  const auto now = Job::Clock::now();
  std::erase_if(jobs_, [now](const auto& entry) {
    return entry.second->done_ && now - entry.second->ended_at_ > remembered;
  });
}

}  // namespace workbook
