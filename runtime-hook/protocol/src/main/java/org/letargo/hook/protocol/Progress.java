package org.letargo.hook.protocol;

/**
 * How far a change is.
 *
 * @param phase one short word for people and programs: {@code preflight}, {@code freeze}, {@code
 *     dump}, {@code commit}, {@code write}, {@code restore}, ...
 * @param doneBytes bytes done in this phase, 0 where bytes mean nothing
 * @param totalBytes all bytes of this phase, 0 when not known
 * @param percent of the whole operation, 0 to 100, never falling; -1 when not known
 */
public record Progress(String phase, long doneBytes, long totalBytes, int percent) {
  public static Progress phase(String phase, int percent) {
    return new Progress(phase, 0, 0, percent);
  }
}
