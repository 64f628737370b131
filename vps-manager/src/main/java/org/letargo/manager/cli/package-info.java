/**
 * The command line, {@code letargo}: a client of the manager's API v1 and of nothing else. It runs
 * as any user who has a token, on the host or far from it.
 *
 * <p>{@link org.letargo.manager.cli.LetargoCli} is the entry. A command is one class that asks the
 * manager by {@code ApiClient}, follows the operation that came back and prints. What the commands
 * touch of the outside world stands in {@code Environment}, so that tests run them in their own
 * process. Answers are handled as JSON trees: what the manager says goes to {@code --json} as it
 * is, fields of a newer manager included.
 *
 * <p>No Vert.x here, no logging framework, nothing at class-load time: a person waits for each
 * start.
 */
package org.letargo.manager.cli;
