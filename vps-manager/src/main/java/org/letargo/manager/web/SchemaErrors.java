package org.letargo.manager.web;

import io.vertx.json.schema.OutputUnit;
import io.vertx.openapi.validation.SchemaValidationException;
import java.util.List;

/** Makes one short sentence of what a JSON schema says about a request. */
final class SchemaErrors {
  private SchemaErrors() {}

  /** The deepest error, which is the most precise, with the property that it is about. */
  static String words(SchemaValidationException e) {
    OutputUnit unit = e.getOutputUnit();
    List<OutputUnit> errors =
        unit == null || unit.getErrors() == null ? List.of() : unit.getErrors();
    OutputUnit deepest = unit;
    int depth = -1;
    for (OutputUnit error : errors) {
      int slashes = error.getInstanceLocation().split("/", -1).length;
      if (slashes >= depth) {
        depth = slashes;
        deepest = error;
      }
    }
    if (deepest == null || deepest.getError() == null) {
      return String.valueOf(e.getMessage());
    }
    String where = deepest.getInstanceLocation().replaceFirst("^#/?", "");
    String what = deepest.getError().replaceAll("\\.$", "");
    return where.isEmpty() ? what : "'" + where + "': " + what;
  }
}
