"use strict";

// Swagger UI itself looks for tags only. This finds operations by any words of their path, name and text.
function search() {
  const wordsOf = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);
  const textOf = (operation) => {
    const said = operation.get("operation");
    const texts = ["operationId", "summary", "description"].map((name) => said.get(name) || "");
    return [operation.get("method"), operation.get("path"), ...texts].join(" ").toLowerCase();
  };
  return {
    fn: {
      opsFilter: (tags, phrase) => {
        const words = wordsOf(phrase);
        const found = (operation) => words.every((word) => textOf(operation).includes(word));
        return tags
          .map((tag) => tag.update("operations", (operations) => operations.filter(found)))
          .filter((tag) => tag.get("operations").size > 0);
      },
    },
  };
}

// A token stays in this page's memory: it is gone with the tab.
window.docs = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  plugins: [search],
  filter: true,
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
  displayRequestDuration: true,
  defaultModelsExpandDepth: -1,
  docExpansion: "list",
});
