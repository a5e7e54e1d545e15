// The list of what to fetch.
#pragma once

#include <fmt/core.h>

#include <cerrno>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

struct Link {
  std::string name;  // as it is in the list
  std::string url;
  std::string title;  // what we look up
};

// One link per line. A line that begins with "#" is a comment;
// one that begins with "/" is a path on `server`.
inline std::vector<Link> read_list(const std::string& path,
                                   const std::string& server) {
  std::ifstream file(path);
  if (!file) {
    throw std::system_error(errno, std::generic_category());
  }
  std::vector<Link> links;
  std::string line;
  while (std::getline(file, line)) {
    line.erase(line.find_last_not_of(" \t\r") + 1);
    if (line.empty() || line.starts_with('#')) continue;
    const bool is_path = line.starts_with('/');
    links.push_back(
        {line, is_path ? "http://" + server + line : line, ""});
  }
  if (file.bad()) {
    throw std::system_error(errno, std::generic_category());
  }
  return links;
}
