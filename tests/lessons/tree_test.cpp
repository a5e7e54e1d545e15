// The lessons on disk are what docs/add-a-lesson.md says a lesson is: nothing is missing, and
// nothing is superfluous.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "files.hpp"
#include "places.hpp"
#include "temporary_folder.hpp"

namespace fs = std::filesystem;
using workbook::read_file;
using workbook::TemporaryFolder;

namespace {

// The names of the files in a folder; none without it.
std::set<std::string> files_in(const fs::path& folder) {
  std::set<std::string> names;
  if (!fs::exists(folder)) return names;
  for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename());
  return names;
}

// The faults of the exercises in `checkout`, which has these lessons. A lesson without exercise.cpp
// has no exercise.
std::vector<std::string> faults_of_exercises(const fs::path& checkout,
                                             const std::set<std::string>& lessons) {
  std::vector<std::string> faults;
  for (const std::string& lesson : lessons) {
    const fs::path folder = fs::path("lessons") / lesson;
    const std::vector<fs::path> needed{folder / "exercise.cpp", folder / "exercise.expected",
                                       folder / "exercise.json",
                                       fs::path("solutions") / lesson / "exercise.cpp"};
    const auto there = [&](const fs::path& file) { return fs::exists(checkout / file); };
    const auto first = std::find_if(needed.begin(), needed.end(), there);
    for (const fs::path& file : needed) {
      if (first == needed.end() || there(file)) continue;
      faults.push_back(
          fmt::format("{} is missing, but {} is there.", file.string(), first->string()));
    }
    const auto answers = files_in(checkout / "tests" / "answers" / lesson);
    const auto wrong = std::count_if(answers.begin(), answers.end(), [](const std::string& file) {
      return !file.starts_with("right_") && file.ends_with(".cpp");
    });
    if (there(needed[0]) && wrong < 2) {
      faults.push_back(
          fmt::format("tests/answers/{} has {} wrong answers: two at least.", lesson, wrong));
    }
  }
  for (const fs::path folder : {"solutions", "tests/answers"}) {
    for (const std::string& lesson : files_in(checkout / folder)) {
      if (lessons.contains(lesson) || lesson == ".clang-format") continue;
      faults.push_back(fmt::format("{}/{} belongs to no lesson.", folder.string(), lesson));
    }
  }
  return faults;
}

// A class that deletes copying and says nothing about assignment can still be assigned: then two
// objects hold one folder, process or stove.
std::vector<std::string> faults_of_copying(const std::string& file, const std::string& text) {
  static const std::regex deleted(R"((\w+)\(const \1&\) = delete;)");
  std::vector<std::string> faults;
  for (std::sregex_iterator found(text.begin(), text.end(), deleted), none; found != none;
       ++found) {
    const std::string name = found->str(1);
    if (text.find(fmt::format("{0}& operator=(const {0}&) = delete;", name)) != text.npos) continue;
    faults.push_back(fmt::format("{}: a {} cannot be copied, but assigned.", file, name));
  }
  return faults;
}

// The lines of a header that define a separate constant in each file that includes it. (A const is
// not external, a constexpr is not either: an inline function that names it would break the rule of
// one definition.)
std::vector<std::string> constants_without_inline(const std::string& header) {
  static const std::regex constant("(static )?const(expr)? [^(]*[={].*");
  std::vector<std::string> found;
  std::istringstream lines(header);
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, constant)) found.push_back(line);
  }
  return found;
}

// The faults of the programs that are compiled with macros. A reader who takes such a file finds
// them in its first comment, and on the page's compiler line.
std::vector<std::string> faults_of_definitions(const fs::path& folder) {
  const auto settings = nlohmann::json::parse(read_file(folder / "run.json").value_or("{}"));
  const auto programs = settings.value("programs", nlohmann::json::object());
  const std::string page = read_file(folder / "README.md").value_or("");
  std::vector<std::string> faults;
  for (const auto& [program, own] : programs.items()) {
    static const std::regex comment("^(//.*\n)*");
    const std::string source = read_file(folder / (program + ".cpp")).value_or("");
    std::smatch head;
    std::regex_search(source, head, comment);
    const std::regex compiler_line("\\$ g\\+\\+ .*-o " + program + "\n");
    std::smatch line;
    std::regex_search(page, line, compiler_line);
    for (const std::string definition : own.value("definitions", nlohmann::json::array())) {
      const std::string option = "-D" + definition;
      const std::regex word(option + "(?![A-Z0-9_=])");
      const auto fault = [&](const char* where) {
        faults.push_back(fmt::format("lessons/{}: run.json compiles {} with {}, but {} does not.",
                                     folder.filename().string(), program, option, where));
      };
      if (!std::regex_search(head.str(), word)) fault("its first comment");
      if (!std::regex_search(line.str(), word)) fault("the page's line");
    }
  }
  return faults;
}

// The faults of the lessons in `checkout`, a sentence each.
std::vector<std::string> faults_of(const fs::path& checkout) {
  const fs::path lessons = checkout / "lessons";
  std::vector<std::string> faults;
  std::set<std::string> folders;
  static const std::regex lesson_name("[0-9][0-9]-[a-z0-9]+(-[a-z0-9]+)*");
  static const std::regex program_name("(sync|async|[a-z][a-z0-9]*(_[a-z0-9]+)*)");
  for (const auto& entry : fs::directory_iterator(lessons)) {
    const std::string name = entry.path().filename();
    if (name == ".clang-format") continue;
    if (!entry.is_directory() || !std::regex_match(name, lesson_name)) {
      faults.push_back(
          fmt::format("lessons/{} is not a lesson: their names are like 01-print.", name));
      continue;
    }
    folders.insert(name);
  }

  // (The numbers are those of the curriculum. Its lessons are not written in their order.)
  std::map<int, std::string> numbers;
  for (const std::string& lesson : folders) {
    const auto [other, is_new] = numbers.emplace(std::stoi(lesson), lesson);
    if (!is_new) {
      faults.push_back(fmt::format("lessons/{} has the number of {}.", lesson, other->second));
    }
    std::set<std::string> programs;
    std::set<std::string> outputs;
    for (const auto& entry : fs::directory_iterator(lessons / lesson)) {
      const std::string file = entry.path().filename();
      const std::string stem = entry.path().stem();
      const std::string extension = entry.path().extension();
      if (extension == ".hpp" || extension == ".cpp") {
        const std::string path = fmt::format("lessons/{}/{}", lesson, file);
        for (const auto& fault : faults_of_copying(path, read_file(entry.path()).value_or(""))) {
          faults.push_back(fault);
        }
      }
      if (stem == "exercise" && file != "exercise") {
        if (extension == ".cpp" || extension == ".expected" || extension == ".json") continue;
        faults.push_back(fmt::format("lessons/{}/{} is a stray file.", lesson, file));
      } else if (extension == ".cpp" && std::regex_match(stem, program_name)) {
        programs.insert(stem);
      } else if (extension == ".expected") {
        outputs.insert(stem);
      } else if (const std::string settings = read_file(lessons / lesson / "run.json").value_or("");
                 file != "run.json" && settings.find('"' + file + '"') != std::string::npos) {
        continue;  // an argument of its programs
      } else if (extension.empty() && fs::exists(entry.path().string() + ".cpp")) {
        continue;  // a program built by the line on its page; git ignores it
      } else if (file != "README.md" && file != "replay.json" && file != "run.json" &&
                 extension != ".hpp") {
        faults.push_back(fmt::format("lessons/{}/{} is a stray file.", lesson, file));
      }
    }
    for (const char* needed : {"sync", "async"}) {
      if (!programs.contains(needed)) {
        faults.push_back(fmt::format("lessons/{}/{}.cpp is missing.", lesson, needed));
      }
    }
    for (const std::string& program : programs) {
      // A server runs beside the others, and its lines are in replay.json. The lines of clients are
      // the output of each of their servers.
      if (!outputs.contains(program) && program != "server" && program != "clients") {
        faults.push_back(
            fmt::format("lessons/{}/{}.cpp has no {}.expected.", lesson, program, program));
      }
    }
    for (const std::string& output : outputs) {
      if (!programs.contains(output)) {
        faults.push_back(
            fmt::format("lessons/{}/{}.expected has no {}.cpp.", lesson, output, output));
      }
    }
    if (!fs::exists(lessons / lesson / "replay.json")) {
      faults.push_back(fmt::format("lessons/{}/replay.json is missing.", lesson));
    }
    for (const auto& fault : faults_of_definitions(lessons / lesson)) faults.push_back(fault);
  }
  if (folders.empty()) faults.push_back("There are no lessons.");
  for (const std::string& fault : faults_of_exercises(checkout, folders)) faults.push_back(fault);
  return faults;
}

// The includes of a file in tools/workbook/`room` that CMake's targets cannot refuse: of another
// room by a path, and, in the judge, of anything but the language, fmt and JSON.
std::vector<std::string> faults_of_includes(const std::string& room, const std::string& text) {
  static const std::regex include("#include ([<\"])([^>\"]+)");
  static const std::regex pure("fmt/.*|nlohmann/.*|[a-z_]+");
  std::vector<std::string> faults;
  for (std::sregex_iterator found(text.begin(), text.end(), include), none; found != none;
       ++found) {
    const std::string header = found->str(2);
    const bool quoted = found->str(1) == "\"";
    const bool lesson = room == "serve" && header.starts_with("../../../lessons/23-web-api/");
    const bool allowed = quoted ? header.find('/') == header.npos || lesson
                                : room != "judge" || std::regex_match(header, pure);
    if (!allowed) faults.push_back(fmt::format("{} may not include {}", room, header));
  }
  return faults;
}

// The faults of the table of lessons in a README, whose rows begin with "|
// [01-print](lessons/01-print)".
std::vector<std::string> faults_of_table(const std::string& readme,
                                         const std::vector<std::string>& lessons) {
  std::vector<std::string> rows;
  static const std::regex row(R"(\| \[([^\]]*)\]\(lessons/([^)]*)\) \|)");
  for (std::sregex_iterator found(readme.begin(), readme.end(), row), none; found != none;
       ++found) {
    rows.push_back(found->str(1) == found->str(2) ? found->str(1) : found->str());
  }
  if (rows == lessons) return {};
  return {fmt::format("The table of README.md has the lessons {}, on disk there are {}.",
                      fmt::join(rows, ", "), fmt::join(lessons, ", "))};
}

// A folder of lessons to break.
class Lessons {
 public:
  Lessons() {
    for (const char* lesson : {"01-print", "02-sleep"}) {
      for (const char* file :
           {"sync.cpp", "sync.expected", "async.cpp", "async.expected", "replay.json"}) {
        add(fmt::format("lessons/{}/{}", lesson, file));
      }
    }
  }
  void add(const std::string& path, const std::string& text = "\n") {
    fs::create_directories((folder_.path() / path).parent_path());
    std::ofstream(folder_.path() / path) << text;
  }
  void remove(const std::string& path) { fs::remove_all(folder_.path() / path); }
  std::vector<std::string> faults() const { return faults_of(folder_.path()); }

 private:
  TemporaryFolder folder_;
};

using Faults = std::vector<std::string>;

}  // namespace

TEST_SUITE_BEGIN("tree");

TEST_CASE("the lessons are whole") {
  for (const std::string& fault : faults_of(source_folder)) FAIL_CHECK(fault);
}

TEST_CASE("constants in headers are inline") {
  CHECK(constants_without_inline("constexpr int a = 1;\n"
                                 "constexpr Picture pictures[] = {\n"
                                 "const std::chrono::seconds b{60};\n"
                                 "static const char* const c = \"c\";\n")
            .size() == 4);
  CHECK(constants_without_inline("inline constexpr int a = 1;\n"
                                 "constexpr int f(int a = 1) {\n"
                                 "const std::string& name();\n"
                                 "  constexpr int local = 1;\n")
            .empty());
  for (const char* folder : {"lessons", "tests", "tools"}) {
    for (const auto& entry : fs::recursive_directory_iterator(source_folder / folder)) {
      if (entry.path().extension() != ".hpp") continue;
      for (const auto& line : constants_without_inline(read_file(entry.path()).value_or(""))) {
        FAIL_CHECK(entry.path().string(), ": ", line);
      }
    }
  }
}

TEST_CASE("the rooms of the command include what their arrows allow") {
  const fs::path rooms = source_folder / "tools" / "workbook";
  int files = 0;
  for (const char* room : {"judge", "engine", "command", "serve"}) {
    for (const std::string& name : files_in(rooms / room)) {
      const auto faults = faults_of_includes(room, read_file(rooms / room / name).value_or(""));
      for (const std::string& fault : faults) FAIL_CHECK(name, ": ", fault);
      ++files;
    }
  }
  CHECK(files > 50);

  CHECK(faults_of_includes("judge", "#include <asio.hpp>\n#include <unistd.h>\n") ==
        Faults{"judge may not include asio.hpp", "judge may not include unistd.h"});
  CHECK(faults_of_includes("judge", "#include \"../engine/files.hpp\"\n").size() == 1);
  CHECK(faults_of_includes("engine", "#include \"../../../lessons/23-web-api/server.hpp\"\n")
            .size() == 1);
  CHECK(faults_of_includes(
            "judge", "#include <string_view>\n#include <fmt/format.h>\n#include \"lines.hpp\"\n") ==
        Faults{});
  CHECK(faults_of_includes("serve", "#include \"../../../lessons/23-web-api/server.hpp\"\n") ==
        Faults{});
}

TEST_CASE("the table of the README has every lesson, in order") {
  std::ifstream file(source_folder / "README.md");
  const std::string readme{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::string> lessons;
  for (const auto& entry : fs::directory_iterator(source_folder / "lessons")) {
    if (entry.is_directory()) lessons.push_back(entry.path().filename());
  }
  std::sort(lessons.begin(), lessons.end());
  for (const std::string& fault : faults_of_table(readme, lessons)) FAIL_CHECK(fault);

  CHECK(faults_of_table("| [01-a](lessons/01-a) | a |\n", {"01-a"}) == std::vector<std::string>{});
  CHECK(faults_of_table("| [01-a](lessons/01-a) | a |\n", {"01-a", "02-b"}) ==
        std::vector<std::string>{
            "The table of README.md has the lessons 01-a, on disk there are 01-a, 02-b."});
}

TEST_CASE("a tree that is not whole is refused") {
  Lessons lessons;
  CHECK(lessons.faults() == Faults{});

  SUBCASE("no output") {
    lessons.remove("lessons/02-sleep/async.expected");
    CHECK(lessons.faults() == Faults{"lessons/02-sleep/async.cpp has no async.expected."});
  }
  SUBCASE("no program") {
    lessons.add("lessons/02-sleep/trap.expected");
    CHECK(lessons.faults() == Faults{"lessons/02-sleep/trap.expected has no trap.cpp."});
  }
  SUBCASE("no twin") {
    lessons.remove("lessons/02-sleep/sync.cpp");
    lessons.remove("lessons/02-sleep/sync.expected");
    CHECK(lessons.faults() == Faults{"lessons/02-sleep/sync.cpp is missing."});
  }
  SUBCASE("a number twice") {
    lessons.add("lessons/02-wait/sync.cpp");
    CHECK(lessons.faults()[0] == "lessons/02-wait has the number of 02-sleep.");
  }
  SUBCASE("a stray file") {
    lessons.add("lessons/01-print/a.out");
    CHECK(lessons.faults() == Faults{"lessons/01-print/a.out is a stray file."});
  }
  SUBCASE("a class that can be assigned, but not copied") {
    lessons.add("lessons/01-print/pan.hpp", "class Pan {\n  Pan(const Pan&) = delete;\n};\n");
    CHECK(lessons.faults() ==
          Faults{"lessons/01-print/pan.hpp: a Pan cannot be copied, but assigned."});
    lessons.add("lessons/01-print/pan.hpp",
                "  Pan(const Pan&) = delete;\n  Pan& operator=(const Pan&) = delete;\n");
    CHECK(lessons.faults() == Faults{});
  }
  SUBCASE("a program built by hand") {
    lessons.add("lessons/01-print/async");
    CHECK(lessons.faults() == Faults{});
  }
  SUBCASE("a server and a file for its clients") {
    lessons.add("lessons/02-sleep/server.cpp");
    CHECK(lessons.faults() == Faults{});
    lessons.add("lessons/02-sleep/pages.txt");
    CHECK(lessons.faults() == Faults{"lessons/02-sleep/pages.txt is a stray file."});
    lessons.add("lessons/02-sleep/run.json", R"({"clock": "real", "arguments": ["pages.txt"]})");
    CHECK(lessons.faults() == Faults{});
  }
  SUBCASE("the clients of its programs") {
    lessons.add("lessons/02-sleep/clients.cpp");
    CHECK(lessons.faults() == Faults{});
  }
  SUBCASE("a program with macros") {
    lessons.add("lessons/02-sleep/run.json",
                R"({"clock": "real", "programs": {"async": {"definitions": ["A_1", "B=2"]}}})");
    const std::string code = "#include <asio.hpp>\n";
    lessons.add("lessons/02-sleep/async.cpp", "// Built with -DA_1\n// -DB=2.\n" + code);
    lessons.add("lessons/02-sleep/README.md", "$ g++ -DA_1 -DB=2 async.cpp -o async\n");
    CHECK(lessons.faults() == Faults{});
    lessons.add("lessons/02-sleep/async.cpp", "// Built with -DA_10.\n" + code + "// -DB=2\n");
    CHECK(lessons.faults() == Faults{"lessons/02-sleep: run.json compiles async with -DA_1, but "
                                     "its first comment does not.",
                                     "lessons/02-sleep: run.json compiles async with -DB=2, but "
                                     "its first comment does not."});
    lessons.add("lessons/02-sleep/async.cpp", "// Built with -DA_1 -DB=2.\n" + code);
    lessons.add("lessons/02-sleep/README.md",
                "$ g++ -DA_1 async.cpp -o async\n$ g++ -DB=2 sync.cpp -o sync\n");
    CHECK(lessons.faults() == Faults{"lessons/02-sleep: run.json compiles async with -DB=2, but "
                                     "the page's line does not."});
  }
  SUBCASE("a name that is not one") {
    lessons.add("lessons/Print/sync.cpp");
    CHECK(lessons.faults() ==
          Faults{"lessons/Print is not a lesson: their names are like 01-print."});
  }
  SUBCASE("half an exercise") {
    lessons.add("lessons/01-print/exercise.cpp");
    lessons.add("lessons/01-print/exercise.json");
    lessons.add("tests/answers/01-print/wrong.cpp");
    lessons.add("tests/answers/01-print/right_one.cpp");
    CHECK(lessons.faults() ==
          Faults{"lessons/01-print/exercise.expected is missing, but lessons/01-print/exercise.cpp "
                 "is there.",
                 "solutions/01-print/exercise.cpp is missing, but lessons/01-print/exercise.cpp is "
                 "there.",
                 "tests/answers/01-print has 1 wrong answers: two at least."});
  }
  SUBCASE("a solution of nothing") {
    lessons.add("solutions/02-sleep/exercise.cpp");
    CHECK(lessons.faults().size() == 3);
    lessons.remove("solutions/02-sleep");
    lessons.add("solutions/03-count/exercise.cpp");
    CHECK(lessons.faults() == Faults{"solutions/03-count belongs to no lesson."});
  }
  SUBCASE("no times") {
    lessons.remove("lessons/01-print/replay.json");
    CHECK(lessons.faults() == Faults{"lessons/01-print/replay.json is missing."});
  }
}

TEST_SUITE_END();
