#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "build.hpp"
#include "commands.hpp"

namespace workbook {
namespace {

// Each source in tools/servers is a server, so a new one needs no line here.
std::vector<std::string> find_servers(const std::filesystem::path& checkout) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(checkout / "tools" / "servers")) {
    if (entry.path().extension() == ".cpp") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

asio::awaitable<int> server(Context& context, ServerArguments options) {
  const std::vector<std::string> servers = find_servers(context.checkout);
  if (!std::ranges::count(servers, options.name)) {
    throw WrongCall(fmt::format("{} There are: {}.",
                                options.name.empty()
                                    ? "Which server?"
                                    : fmt::format("There is no server \"{}\".", options.name),
                                fmt::join(servers, ", ")));
  }
  const std::vector<std::string> targets{"servers." + options.name};
  co_await build(context, options.name, targets);

  // Programs read its output, too, so the address must be the first line.
  context.console.complain(fmt::format(
      "Starting {}: its address comes when it is ready. Ctrl-C ends it.", options.name));
  const std::vector<std::string> command{context.lesson_program("servers", options.name).string()};
  ProcessOptions process;
  process.limits.core_files = false;
  const ChildProcess::OnOutput on_output = [&](std::string_view text) {
    context.console.print(text);
  };
  try {
    const ProcessEnd end = co_await context.supervisor.run(command, process, on_output);
    if (end.code == 2) co_return 2;  // it has said what is wrong with what it was given
    if (!end.succeeded()) throw Failure(fmt::format("{} {}.", options.name, end.describe()));
  } catch (const Interrupted&) {
    // This is how it is meant to end.
  }
  co_return 0;
}

}  // namespace workbook
