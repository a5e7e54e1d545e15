// `outputs NAME` prints "one" at once and "two" a second later, each in the way that NAME says.
#include <fmt/core.h>
#include <stdio.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <thread>

namespace {

using Print = std::function<void(const std::string&)>;

const std::map<std::string, Print> ways = {
    {"fmt", [](const std::string& text) { fmt::print("{}\n", text); }},
    {"printf", [](const std::string& text) { printf("%s\n", text.c_str()); }},
    {"puts", [](const std::string& text) { puts(text.c_str()); }},
    {"cout", [](const std::string& text) { std::cout << text << '\n'; }},
    {"cout_unsynchronised",
     [](const std::string& text) {
       std::ios::sync_with_stdio(false);
       std::cout << text << std::endl;
     }},
    {"write",
     [](const std::string& text) {
       const std::string line = text + "\n";
       if (write(1, line.data(), line.size()) < 0) _exit(1);
     }},
    {"stderr", [](const std::string& text) { fmt::print(stderr, "{}\n", text); }},
    {"cerr", [](const std::string& text) { std::cerr << text << '\n'; }},
};

}  // namespace

int main(int, char** arguments) {
  const auto way = ways.find(arguments[1]);
  if (way == ways.end()) {
    for (const auto& [name, print] : ways) fmt::print("{}\n", name);
    return 0;
  }
  way->second("one");
  std::this_thread::sleep_for(std::chrono::seconds(1));
  way->second("two");
}
