// What a program's text shows, and its run may not. A coroutine that outlives
// what it uses, for instance, often works by chance.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace workbook {

struct TextFault {
  int line = 0;
  std::string words;  // a sentence, and what to do
};

// "Line 12: …"
std::string told(const TextFault& fault);

// The text with blanks in the place of comments, and of what string literals contain. Lines and
// columns stay.
std::string code_of(std::string_view source);

// Whether one of these is in the text.
bool has_any(std::string_view text, std::initializer_list<std::string_view> words);

// The functions below take a program's code_of().

// How often one of these is in the text. A word is not found within a longer one.
int occurrences(std::string_view code, const std::vector<std::string>& words);

// How many durations it names, such as 3s or 1'500ms; those of zero do not count.
int durations(std::string_view code);

// The texts of main() with which code outside of it compares something: the names of its data, of
// which the rest of a program should know nothing. Takes the source itself.
std::vector<std::string> names_asked_for(std::string_view source);

// A loop that does nothing but wait for a while, again and again, until something has happened.
std::optional<TextFault> waits_in_steps(std::string_view code);

// A coroutine is started, and what it uses is gone at the end of the statement: a lambda with
// captures that is called at once, or a temporary or a loop's variable given by reference.
std::optional<TextFault> dangling_coroutine(std::string_view code);

// A function returns a buffer of its own variable.
std::optional<TextFault> buffer_of_local(std::string_view code);

// A coroutine posts a lambda that refers to its variables: often right, if it waits for the lambda.
std::optional<TextFault> posted_reference(std::string_view code);

// A lambda with captures inside a co_await expression, which g++ 12 destroys twice (asio #1135).
std::optional<TextFault> lambda_destroyed_twice(std::string_view code);

// A function that promises an awaitable is no coroutine and has no return: it returns nothing.
std::optional<TextFault> no_coroutine(std::string_view code);

// An awaitable is moved away twice: it is empty the second time.
std::optional<TextFault> moved_twice(std::string_view code);

// A variable gets the result of a call, and is never used again: perhaps a task that is not
// awaited.
std::optional<TextFault> never_awaited(std::string_view code);

// A task is started by start_task(), and its end is never waited for.
std::optional<TextFault> left_alone(std::string_view code);

// A switch of this task, such as throw_if_cancelled(), is named and not awaited: it does nothing.
std::optional<TextFault> only_named(std::string_view code);

// The last task is spawned after run().
std::optional<TextFault> runs_too_early(std::string_view code);

// run() is called again on a loop that has ended and is not restarted.
std::optional<TextFault> runs_again(std::string_view code);

}  // namespace workbook
