#include <fmt/format.h>
#include <signal.h>

#include <regex>

#include "commands.hpp"

namespace workbook {
namespace {

std::filesystem::path site_folder(const Context& context) {
  return context.build / "site";
}

// Debian's own mkdocs runs Debian's Python, which has what the pages need; another one found first
// may not.
std::string mkdocs() {
  return std::filesystem::exists("/usr/bin/mkdocs") ? "/usr/bin/mkdocs" : "mkdocs";
}

asio::awaitable<void> build_site(Context& context) {
  context.console.progress("Building the pages", "");
  const std::vector<std::string> command{mkdocs(),  "build",      "--strict",
                                         "--quiet", "--site-dir", site_folder(context).string()};
  ProcessOptions options;
  options.folder = context.checkout;
  options.environment = colours(context.console);
  // Nothing is left in a checkout that may be read-only.
  options.environment.push_back({"PYTHONDONTWRITEBYTECODE", "1"});
  std::string output;
  const Supervisor::OnOutput on_output = [&output](std::string_view text) { output += text; };
  const ProcessEnd end = co_await context.supervisor.run(command, options, on_output);
  context.console.done();
  if (end.succeeded()) co_return;
  context.console.print_errors(output);
  throw Failure(fmt::format("The pages could not be built: mkdocs {}.", end.describe()));
}

}  // namespace

asio::awaitable<int> site(Context& context) {
  co_await build_site(context);
  context.console.say(
      fmt::format("The pages are in {}", (site_folder(context) / "index.html").string()));
  co_return 0;
}

asio::awaitable<int> serve(Context& context, ServeArguments options) {
  co_await build_site(context);
  const std::vector<std::string> command{"python3",
                                         "-u",
                                         "-m",
                                         "http.server",
                                         "--bind",
                                         "127.0.0.1",
                                         "--directory",
                                         site_folder(context).string(),
                                         std::to_string(options.port)};
  // It says its address first, and then a line for each request.
  std::string output;
  bool told = false;
  const Supervisor::OnOutput on_output = [&](std::string_view text) {
    if (told) return;
    output += text;
    static const std::regex port("port ([0-9]+)");
    std::smatch found;
    if (output.find('\n') == std::string::npos || !std::regex_search(output, found, port)) return;
    told = true;
    context.console.print(fmt::format("http://127.0.0.1:{}/\n", found.str(1)));
    context.console.say("Open this address in a browser on this machine. Ctrl-C ends it.",
                        Style::dim);
  };
  const ProcessOptions process_options;
  try {
    const ProcessEnd end = co_await context.supervisor.run(command, process_options, on_output);
    if (output.find("Address already in use") != std::string::npos) {
      throw Failure(fmt::format(
          "Port {} is in use. Name another one, or none: then a free one is taken.", options.port));
    }
    context.console.print_errors(output);
    throw Failure(fmt::format("The pages are no longer served: python3 {}.", end.describe()));
  } catch (const Interrupted& interrupted) {
    if (interrupted.signal() != SIGINT) throw;
  }
  co_return 0;  // Ctrl-C is how this ends
}

}  // namespace workbook
