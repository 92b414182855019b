// What may follow when a value ends the context it was put in: the grammar of SQL injection.
#pragma once

#include "detectors/evidence.hpp"
#include "detectors/sql_lexer.hpp"

namespace sallyport::detectors {

struct SqlReading {
  Strength strength = 0;
  std::string_view rule;
  std::size_t end = 0;  // of what was read
};

enum class SqlContext : std::uint8_t {
  string,  // a quote was closed just before
  number,  // a number stood before, or the value begins here
  word,    // some word stood before: the least said
};

// Reads on from the lexer's position. Looks at no more than a fixed number of tokens.
[[nodiscard]] SqlReading read_sql(SqlLexer lexer, SqlContext context) noexcept;

// Functions that an application's values never call: they wait, read files, call out or fail aloud.
[[nodiscard]] bool sql_probe_function(std::string_view word) noexcept;
// A statement with its object: DROP TABLE, INSERT INTO, EXEC xp_…; the lexer stands before it.
[[nodiscard]] bool sql_statement(SqlLexer lexer) noexcept;
// What a UNION SELECT or a subquery lists: 2 certain, 1 possible, 0 not SQL.
[[nodiscard]] int sql_select_list(SqlLexer lexer) noexcept;

}  // namespace sallyport::detectors
