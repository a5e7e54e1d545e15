"""Makes the workbook's pages out of lessons/NN-name/.

A lesson's page is its README.md, plain Markdown that GitHub shows as well. Here the links that are
alone in a paragraph become whole listings and outputs, the one to the starter becomes the exercise,
and the HTML comments become replays, diffs, predictions and quizzes. docs/add-a-lesson.md describes
them all. What a program says or prints is read from the files: a page that does not agree with them
ends the build with the file, the line and what to do.

A page is rewritten before Markdown sees it: each such block becomes slots, paragraphs of the form
@@7@@, and the prose between them is left to Markdown. Then the HTML is put where the slots are.

    site        one build: what ../hook.py hands on
    repository  the paths, and how a build is refused
    navigation  the order of the pages, and what is published
    lesson      the files of a lesson and of its exercise
    reading     how many minutes a page takes to read
    in_class    a lesson's notes for a class
    runs        the recorded runs of a lesson's programs
    page        a page that is read line by line
    blocks      which block of a page is what
    programs    listings with their notes, and outputs
    listing     one listing
    changes     how one program becomes another
    change      a line that the reader is asked to change
    replay      the runs on one axis
    lanes       which line begins and ends a bar of a replay
    questions   predictions and quizzes
    exercise    the exercise
    teachers    the notes of all lessons, and the courses
    overview    the cards of the start page, and the phrasebook
    inventory   whether a page has all that it must have, and names nothing else
    links       the links between pages
    search      what the search looks through
    prose       what Markdown made: tables, and where code may break
    templates   the HTML, in templates/
"""
