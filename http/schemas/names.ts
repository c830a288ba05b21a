// Forms of names that are not ids of ours.

/** What a platform's id looks like; it becomes part of URLs. */
export const PLATFORM_ID_FORM = /^[a-z0-9][a-z0-9_-]*$/;
