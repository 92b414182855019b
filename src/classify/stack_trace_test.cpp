#include <gtest/gtest.h>

#include "classify/stack_trace.hpp"

namespace sallyport::classify {
namespace {

TEST(StackTrace, IsFoundOnEveryPlatform) {
  const std::pair<const char*, const char*> cases[] = {
      {"Traceback (most recent call last):\n  File \"/app/x.py\", line 3, in f", "python"},
      {R"x({"error":"boom\n  File \"/app/x.py\", line 3"})x", "python"},
      {"Error: x\n    at handler (/app/server.js:10:5)\n", "javascript"},
      {R"x({"stack":"Error: x\n    at Object.<anonymous> (/srv/a.ts:1:2)"})x", "javascript"},
      {"oops\n\tat com.example.Foo.bar(Foo.java:42)\n", "java"},
      {"java.lang.NullPointerException", "java"},
      {"x\n   at Shop.Orders.Get(Int32 id) in C:\\src\\Orders.cs:line 42", "dotnet"},
      {"goroutine 1 [running]:\nmain.main()", "go"},
      {"x\n/app/models/a.rb:3:in `call'", "ruby"},
      {"<b>Fatal error</b>: Uncaught Error", "php"},
      {"SQLSTATE[42000]: syntax error", "sql"},
      {R"x({"trace":"boom\n\tat com.example.Foo.bar(Foo.kt:7)"})x", "java"},
      {R"x({"e":["x","\n    at System.Linq.Enumerable.First()"]})x", "dotnet"},
      {"main.f(0x1)\n\t/app/main.go:12 +0x1d", "go"},
  };
  for (const auto& [text, platform] : cases) EXPECT_EQ(stack_trace_in(text), platform) << text;
}

TEST(StackTrace, IsNotSeenInOrdinaryAnswers) {
  for (const char* text : {"", "a", R"({"status":"paid","note":"meet at noon\nat the office"})", "Caused a stir",
                           R"({"title":"Not found","status":404,"detail":"look at /orders"})",
                           "line 1\n at 5 pm (see map)", R"({"file":"server.js:10","see":"app.rb: a file, main.go:7"})",
                           R"({"note":"meet at System. of a Down","quote":"he said \", line 3"})"}) {
    EXPECT_EQ(stack_trace_in(text), "") << text;
  }
}

}  // namespace
}  // namespace sallyport::classify
