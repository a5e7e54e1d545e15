// The check of one program of a lesson. Failures are reported to doctest.
#pragma once

#include <string>

// The program must print its .expected to the letter, and in simulated time each line at its time.
// (A lesson whose run.json says so runs in real time: see below for its times.) With
// UPDATE_EXPECTED=1 in the environment, its output becomes the expected one; with REPEAT=N it is
// run that often.
void check_program(const std::string& lesson, const std::string& program);

// In real time: it must print what it prints in simulated time, as real_time_agreement.hpp defines
// it. A lesson that only runs in real time must print its lines when they were recorded, within 0.3
// s, and its server must have printed the same.
void check_in_real_time(const std::string& lesson, const std::string& program);

// By hand: every compiler line of the lesson's page, typed in a copy of the lesson's folder, must
// build its program without a message, and the program must print its .expected.
void check_by_hand(const std::string& lesson);

// The tests of the lesson's headers, on the clock of its programs: simulated, or real.
void check_headers(const std::string& lesson);

// The exercise: its starter fails as it declares, its solution is right, and the two differ only
// where the starter has a TODO.
void check_starter_and_solution(const std::string& lesson);

// Each of the answers in tests/answers gets the message that exercise.json has for it, or, if its
// name begins with "right_", is right.
void check_answers(const std::string& lesson);
