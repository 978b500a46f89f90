// Registry: implementations by name. The last line of an implementation's file registers it:
//
//     HOLDFAST_REGISTER(Fault, PodDelete, "pod-delete");
//
// The build links implementations as OBJECT libraries, since a linker drops unreferenced members of a static one, and
// suites/contract/registry_test.cc compares the registry with the files on disk.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/check.h"

namespace holdfast {

template <typename Interface>
class Registry {
 public:
  using Context = typename Interface::Context;
  using Maker = std::function<std::unique_ptr<Interface>(const Context&)>;

  static bool Add(const std::string& name, Maker maker) {
    CHECK(Makers().emplace(name, std::move(maker)).second);
    return true;
  }

  // nullptr if there is none of that name.
  static std::unique_ptr<Interface> Make(const std::string& name, const Context& context) {
    const auto found = Makers().find(name);
    return found == Makers().end() ? nullptr : found->second(context);
  }

  static bool Has(const std::string& name) { return Makers().count(name) != 0; }

  // Sorted.
  static std::vector<std::string> Names() {
    std::vector<std::string> names;
    for (const auto& [name, maker] : Makers()) names.push_back(name);
    return names;
  }

 private:
  static std::map<std::string, Maker>& Makers() {
    static std::map<std::string, Maker> makers;
    return makers;
  }
};

#define HOLDFAST_REGISTER(Interface, Implementation, name)                                                           \
  [[maybe_unused]] static const bool kRegistered##Implementation = ::holdfast::Registry<::holdfast::Interface>::Add( \
      name, [](const ::holdfast::Interface::Context& context) -> std::unique_ptr<::holdfast::Interface> {            \
        return std::make_unique<Implementation>(context);                                                            \
      })

}  // namespace holdfast
