// `$ref` of path items: places, files, and what is refused.
#include "spec/references.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "spec/openapi.hpp"

namespace sallyport {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view head = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n";

std::string error_of(const Result<Spec>& spec) {
  return spec ? "loaded" : spec.error().where + ": " + spec.error().message;
}

Result<Spec> parse(std::string_view members) {
  auto document = document::parse(std::string(head) + std::string(members), "api.yaml");
  if (!document) return std::unexpected(document.error());
  return parse_openapi(std::move(*document));
}

// A folder that is gone after the test. Descriptions are written to its "spec" folder.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "sallyport-spec-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
    fs::create_directories(path_ / "spec" / "parts");
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  void write(std::string_view name, std::string_view text) const { std::ofstream(path_ / name) << text; }
  [[nodiscard]] Result<Spec> load(std::string_view members) const {
    write("spec/api.yaml", std::string(head) + std::string(members));
    return load_openapi((path_ / "spec/api.yaml").string());
  }
  // Without the folder's own name.
  [[nodiscard]] std::string error(std::string_view members) const {
    std::string text = error_of(load(members));
    for (std::size_t at = 0; (at = text.find(path_.string())) != text.npos;) text.erase(at, path_.string().size() + 1);
    return text;
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

TEST(References, PlaceInTheSameDocument) {
  const auto spec = parse(
      "paths:\n  /a: {$ref: '#/components/pathItems/a~1%62'}\n  /c: {$ref: '#/paths/~1a'}\n"
      "components: {pathItems: {a/b: {get: {operationId: x}}}}");
  ASSERT_TRUE(spec) << spec.error().text();
  ASSERT_EQ(spec->operations.size(), 2u);
  EXPECT_EQ(spec->operations[1].label, "GET /c");
  EXPECT_EQ(spec->sources[1].path_items.size(), 3u);
}

TEST(References, MembersBesideAreUsedAndTheNearerServersWin) {
  const auto spec = parse(
      "paths: {/a: {$ref: '#/x-a', put: {}, servers: [{url: /near}]}}\n"
      "x-a: {get: {}, servers: [{url: /far}]}");
  ASSERT_TRUE(spec) << spec.error().text();
  ASSERT_EQ(spec->operations.size(), 2u);
  EXPECT_EQ(spec->operations[0].label, "PUT /a");
  EXPECT_EQ(spec->sources[1].base_paths, std::vector<std::string>{"/near"});
}

TEST(References, MethodOnBothSidesIsAnError) {
  EXPECT_EQ(error_of(parse("paths: {/a: {$ref: '#/x-a', get: {}}}\nx-a: {get: {}}")),
            "api.yaml:3:29: 'get' is declared beside $ref and at api.yaml:4:7");
}

TEST(References, CyclesAreErrors) {
  EXPECT_EQ(error_of(parse("paths: {/a: {$ref: '#/paths/~1a'}}")), "api.yaml:3:20: $ref leads back to itself");
  EXPECT_EQ(error_of(parse("paths: {/a: {$ref: '#/paths/~1b'}, /b: {$ref: '#/paths/~1a'}}")),
            "api.yaml:3:47: $ref leads back to itself");
}

TEST(References, ChainsAreBounded) {
  const auto chain = [](std::size_t length) {
    std::string text = "paths: {/a: {$ref: '#/x-1'}}\n";
    for (std::size_t i = 1; i < length; ++i)
      text += "x-" + std::to_string(i) + ": {$ref: '#/x-" + std::to_string(i + 1) + "'}\n";
    return error_of(parse(text + "x-" + std::to_string(length) + ": {get: {}}"));
  };
  EXPECT_EQ(chain(References::max_chain), "loaded");
  EXPECT_EQ(chain(References::max_chain + 1), "api.yaml:19:14: more than 16 references in a row");
}

TEST(References, NothingIsFetched) {
  for (const std::string_view url :
       {"https://example.com/a.yaml", "file:///etc/passwd", "//example.com/a", "urn:a:b"}) {
    EXPECT_NE(error_of(parse("paths: {/a: {$ref: '" + std::string(url) + "'}}")).find("is a URL: nothing is fetched"),
              std::string::npos)
        << url;
  }
}

TEST(References, WrongPlaces) {
  EXPECT_EQ(error_of(parse("paths: {/a: {$ref: '#/nowhere'}}")), "api.yaml:3:20: $ref '#/nowhere' names no place");
  EXPECT_EQ(error_of(parse("paths: {/a: {$ref: '#paths'}}")), "api.yaml:3:20: $ref '#paths' names no place");
  EXPECT_EQ(error_of(parse("paths: {/a: {$ref: []}}")), "api.yaml:3:20: $ref must be text");
  EXPECT_EQ(error_of(parse("paths: {/a: {$ref: ''}}")), "api.yaml:3:20: $ref must be text");
  EXPECT_EQ(error_of(parse("paths: {/a: {$ref: '#/x-a/1'}}\nx-a: [{get: {}}]")),
            "api.yaml:3:20: $ref '#/x-a/1' names no place");
  EXPECT_EQ(error_of(parse("paths: {/a: {$ref: '#/x-a/0'}}\nx-a: [{get: {}}]")), "loaded");
  EXPECT_EQ(error_of(parse("paths: {/a: {$ref: '#/x-a'}}\nx-a: text")), "api.yaml:4:6: a path item must be a mapping");
}

TEST(References, FilesNeedAFile) {
  EXPECT_EQ(error_of(parse("paths: {/a: {$ref: a.yaml}}")),
            "api.yaml:3:20: a $ref to a file needs a description that is a file");
}

TEST(References, FilesBelowTheDirectory) {
  const Folder folder;
  folder.write("spec/parts/a b.yaml", "item: {$ref: 'c.json#/one'}");
  folder.write("spec/parts/c.json", R"({"one": {"get": {}, "$ref": "../d.yaml"}})");
  folder.write("spec/d.yaml", "put: {}");
  const auto spec = folder.load("paths: {/a: {$ref: 'parts/a%20b.yaml#/item'}, /b: {$ref: 'parts/c.json#/one'}}");
  ASSERT_TRUE(spec) << spec.error().text();
  EXPECT_EQ(spec->operations.size(), 4u);
  EXPECT_EQ(spec->documents.size(), 4u);  // each file once
}

TEST(References, CyclesThroughFilesAreErrors) {
  const Folder folder;
  folder.write("spec/a.yaml", "$ref: 'api.yaml#/paths/~1a'");
  EXPECT_EQ(folder.error("paths: {/a: {$ref: a.yaml}}"), "spec/a.yaml:1:7: $ref leads back to itself");
}

TEST(References, FilesOutsideTheDirectoryAreRefused) {
  const Folder folder;
  folder.write("secret.yaml", "get: {}");
  folder.write("spec-other.yaml", "get: {}");
  const auto refused = [&](std::string_view name) {
    return folder.error("paths: {/a: {$ref: '" + std::string(name) + "'}}").find("which is outside the directory") !=
           std::string::npos;
  };
  EXPECT_TRUE(refused("../secret.yaml"));
  EXPECT_TRUE(refused("parts/../../secret.yaml"));
  EXPECT_TRUE(refused("%2e%2e/secret.yaml"));
  EXPECT_TRUE(refused("../spec-other.yaml"));
  EXPECT_TRUE(refused((folder.path() / "secret.yaml").string()));
  fs::create_symlink(folder.path() / "secret.yaml", folder.path() / "spec" / "link.yaml");
  EXPECT_TRUE(refused("link.yaml"));
}

TEST(References, FilesThatCannotBeRead) {
  const Folder folder;
  folder.write("spec/bad.yaml", "a: [");
  EXPECT_EQ(folder.error("paths: {/a: {$ref: none.yaml}}"),
            "spec/api.yaml:3:20: $ref names 'none.yaml': No such file or directory");
  EXPECT_EQ(folder.error("paths: {/a: {$ref: parts}}"), "spec/api.yaml:3:20: $ref names 'parts', which is no file");
  EXPECT_NE(folder.error("paths: {/a: {$ref: bad.yaml}}").find("spec/bad.yaml"), std::string::npos);
}

TEST(References, FilesAreCounted) {
  const Folder folder;
  const auto paths = [&](std::size_t files) {
    std::string text = "paths:\n";
    for (std::size_t i = 0; i < files; ++i) {
      const std::string name = "parts/" + std::to_string(i) + ".yaml";
      folder.write("spec/" + name, "get: {}");
      text += "  /" + std::to_string(i) + ": {$ref: " + name + "}\n";
    }
    return folder.error(text);
  };
  EXPECT_EQ(paths(References::max_files - 1), "loaded");  // the description itself is one
  EXPECT_EQ(paths(References::max_files), "spec/api.yaml:259:16: more than 256 files are referenced");
}

}  // namespace
}  // namespace sallyport
