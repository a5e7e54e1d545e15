// Wrong: the expected lines, but no tape has been read.
#include <fmt/core.h>

int main() {
  fmt::print("Start tape 1 on another thread\n");
  fmt::print("display beat 1\ndisplay beat 2\nEnd tape 1\n");
  fmt::print("Start tape 2 on another thread\n");
  fmt::print("display beat 3\ndisplay beat 4\nEnd tape 2\nArchive complete\n");
  fmt::print("display beat 5\nElapsed: 2.5s\n");
}
