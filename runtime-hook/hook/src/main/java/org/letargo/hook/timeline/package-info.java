/**
 * The timeline of each VPS: which checkpoints it has, how they follow on each other, what people
 * wrote on them, and which one the present follows on. What is in them lies in the store.
 */
package org.letargo.hook.timeline;
