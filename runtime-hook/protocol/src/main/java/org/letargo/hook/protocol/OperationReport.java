package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What the hook knows of an operation. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "outcome")
@JsonSubTypes({
  @JsonSubTypes.Type(value = OperationReport.Unknown.class, name = "unknown"),
  @JsonSubTypes.Type(value = OperationReport.Running.class, name = "running"),
  @JsonSubTypes.Type(value = OperationReport.Succeeded.class, name = "succeeded"),
  @JsonSubTypes.Type(value = OperationReport.Failed.class, name = "failed"),
})
public sealed interface OperationReport {
  /** It never reached the hook, so it changed nothing; or it ended long ago. */
  record Unknown() implements OperationReport {}

  /** It is under way. */
  record Running(Progress progress) implements OperationReport {}

  /** It did what it was to do. */
  record Succeeded() implements OperationReport {}

  /** It failed and was rolled back. */
  record Failed(Failure failure) implements OperationReport {}
}
