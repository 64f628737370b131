package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Which way a VPS was brought back to life, and what has become of its memory since. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "way")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Resumed.Eagerly.class, name = "eager"),
  @JsonSubTypes.Type(value = Resumed.Lazily.class, name = "lazy"),
  @JsonSubTypes.Type(value = Resumed.Broken.class, name = "broken"),
})
public sealed interface Resumed {
  /**
   * All memory was there before it ran.
   *
   * @param reason why so: half a sentence for people, such as {@code it was asked for}
   */
  record Eagerly(String reason) implements Resumed {}

  /**
   * It ran at once, and its memory came behind.
   *
   * @param later what was not there when it ran
   * @param missing what of that is not there now; zero when all is
   */
  record Lazily(DataSize later, DataSize missing) implements Resumed {
    public Lazily {
      if (missing.compareTo(later) > 0) {
        throw new IllegalArgumentException("more is missing than was to come");
      }
    }

    /** How much of it is there, 0 to 100; 100 only if all is. */
    public int percent() {
      return missing.bytes() == 0
          ? 100
          : (int) (100 * ((double) (later.bytes() - missing.bytes()) / later.bytes()));
    }
  }

  /**
   * It ran, and then memory could not be had: its processes were ended before one of them saw a
   * wrong byte. It is suspended again in the same checkpoint.
   *
   * @param operation the id that this is known by
   */
  record Broken(OperationId operation, Failure failure) implements Resumed {}
}
