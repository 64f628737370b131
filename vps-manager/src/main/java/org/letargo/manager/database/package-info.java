/**
 * The manager's own state: operations, tokens and audit, in SQLite. {@link
 * org.letargo.manager.database.Database} is the only way in; the tables are in the numbered SQL
 * files beside it. What VPSes there are is not here: that the hook knows.
 */
package org.letargo.manager.database;
