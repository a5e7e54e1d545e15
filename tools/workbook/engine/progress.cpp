#include "progress.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>
#include <system_error>

#include "files.hpp"

namespace workbook {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// Empty when there is none.
fs::path state_folder() {
  const auto absolute = [](const char* name) {
    const char* value = std::getenv(name);
    const fs::path path = value != nullptr ? value : "";
    return path.is_absolute() ? path : fs::path();
  };
  if (const fs::path state = absolute("XDG_STATE_HOME"); !state.empty()) return state / "workbook";
  const fs::path home = absolute("HOME");
  return home.empty() ? home : home / ".local" / "state" / "workbook";
}

// Held while the file is changed.
class Lock {
 public:
  explicit Lock(const fs::path& path)
      : descriptor_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
    if (descriptor_ >= 0) ::flock(descriptor_, LOCK_EX);
  }
  ~Lock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  int descriptor_;
};

std::optional<std::map<std::string, LessonProgress>> parse(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  std::map<std::string, LessonProgress> lessons;
  try {
    for (const auto& [name, entry] : json.at("lessons").items()) {
      lessons[name] = {entry.at("done").get<bool>(), entry.at("hints").get<int>(),
                       entry.at("since").get<std::string>()};
    }
  } catch (const Json::exception&) {
    return std::nullopt;
  }
  return lessons;
}

std::string to_text(const std::map<std::string, LessonProgress>& lessons) {
  Json json = {{"lessons", Json::object()}};
  for (const auto& [name, lesson] : lessons) {
    json["lessons"][name] = {
        {"done", lesson.done}, {"hints", lesson.hints}, {"since", lesson.since}};
  }
  return json.dump(2) + "\n";
}

}  // namespace

Progress::Progress(const fs::path& checkout, Console& console) : console_(console) {
  const fs::path folder = state_folder();
  if (folder.empty()) return;
  file_ = folder /
          fmt::format("{}-{}.json", checkout.filename().string(), fingerprint(checkout.string()));
}

std::map<std::string, LessonProgress> Progress::load() {
  std::error_code error;
  if (file_.empty() || !fs::exists(file_, error)) return {};
  const auto text = read_file(file_);
  if (text) {
    if (auto lessons = parse(*text)) return *lessons;
  }
  fs::rename(file_, file_.string() + ".unreadable", error);
  console_.complain(fmt::format(
      "The record of your progress, {}, cannot be read: a new one begins, and ./workbook check NN "
      "restores what you had done.",
      file_.string()));
  return {};
}

LessonProgress Progress::of(const std::string& lesson) {
  return load()[lesson];
}

bool Progress::change(const std::string& lesson,
                      const std::function<void(LessonProgress&)>& change) {
  if (!file_.empty()) {
    std::error_code error;
    fs::create_directories(file_.parent_path(), error);
    const Lock lock(file_.string() + ".lock");
    auto lessons = load();
    change(lessons[lesson]);
    try {
      write_file(file_, to_text(lessons));
      return true;
    } catch (const std::exception&) {
      // Reported below: nothing that the learner waits for depends on it.
    }
  }
  console_.complain(
      fmt::format("(Your progress is not remembered: {}.)",
                  file_.empty() ? "HOME is not set" : file_.string() + " cannot be written"));
  return false;
}

std::string time_stamp() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%d %H:%M}", fmt::localtime(now));
}

}  // namespace workbook
