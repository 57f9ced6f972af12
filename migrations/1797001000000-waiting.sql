-- Other names of posts are found by their post: on networks that tell a comment in its post's place every comment has such a
-- name. Builds an index on post_aliases under a lock that keeps writers of it out (a row for each copy or such comment).
CREATE INDEX post_aliases_by_post ON post_aliases (workspace_id, post_id);
