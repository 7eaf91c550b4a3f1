-- One row per code and language: what a code is called on the screen.
create or replace view vocabulary_label as
select kind, code, parent, position, 'zh' as language, zh as label from vocabulary
union all
select kind, code, parent, position, 'en' as language, en as label from vocabulary;
